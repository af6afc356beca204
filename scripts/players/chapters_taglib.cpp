// Print what TagLib reads of the chapters of MP3s, a JSON object a file.
#include <iostream>
#include <string>

#include <taglib/attachedpictureframe.h>
#include <taglib/chapterframe.h>
#include <taglib/id3v2tag.h>
#include <taglib/mpegfile.h>
#include <taglib/tableofcontentsframe.h>

using namespace TagLib;

// A string in quotation marks, as JSON has it.
static std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (unsigned char sign : text) {
    if (sign == '"' || sign == '\\') {
      out += '\\';
      out += static_cast<char>(sign);
    } else if (sign < 0x20) {
      static const char *hex = "0123456789abcdef";
      out += "\\u00";
      out += hex[sign >> 4];
      out += hex[sign & 15];
    } else {
      out += static_cast<char>(sign);
    }
  }
  return out + "\"";
}

static std::string id(const ByteVector &bytes) {
  std::string text(bytes.data(), bytes.size());
  return text.substr(0, text.find('\0'));
}

static void print(const char *path) {
  MPEG::File file(path);
  ID3v2::Tag *tag = file.ID3v2Tag();
  std::cout << "{\"chapters\": [";
  bool first = true;
  for (ID3v2::Frame *frame : tag->frameListMap()["CHAP"]) {
    auto *chapter = dynamic_cast<ID3v2::ChapterFrame *>(frame);
    if (!chapter) continue;
    const ID3v2::FrameList titles = chapter->embeddedFrameListMap()["TIT2"];
    const bool picture = !chapter->embeddedFrameListMap()["APIC"].isEmpty();
    std::cout << (first ? "" : ", ") << "{\"id\": " << quoted(id(chapter->elementID()))
              << ", \"start_ms\": " << chapter->startTime() << ", \"end_ms\": " << chapter->endTime()
              << ", \"title\": " << quoted(titles.isEmpty() ? "" : titles.front()->toString().to8Bit(true))
              << ", \"picture\": " << (picture ? "true" : "false") << "}";
    first = false;
  }
  std::cout << "], \"contents\": [";
  first = true;
  for (ID3v2::Frame *frame : tag->frameListMap()["CTOC"]) {
    auto *contents = dynamic_cast<ID3v2::TableOfContentsFrame *>(frame);
    if (!contents) continue;
    std::cout << (first ? "" : ", ") << "{\"top\": " << (contents->isTopLevel() ? "true" : "false")
              << ", \"ordered\": " << (contents->isOrdered() ? "true" : "false") << ", \"children\": [";
    bool firstChild = true;
    for (const ByteVector &child : contents->childElements()) {
      std::cout << (firstChild ? "" : ", ") << quoted(id(child));
      firstChild = false;
    }
    std::cout << "]}";
    first = false;
  }
  std::cout << "]}" << std::endl;
}

int main(int count, char **paths) {
  for (int index = 1; index < count; ++index) print(paths[index]);
  return 0;
}

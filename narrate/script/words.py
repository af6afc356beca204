"""Word lists of reported speech: cue verbs, role nouns, publication words."""

from __future__ import annotations

import re

from narrate.model import Gender


def word_set(listed: str) -> frozenset[str]:
    """Return a set of words written with spaces between them."""
    return frozenset(listed.split())


_WEAK = """
sag erklär beton forder kritisier mein frag schilder antwort ergänz bericht äußer begründ behaupt urteil lob bilanzier
zitier versicher kündig bestätig twitter post erzähl bemerk prognostizier kommentier resümier erinner präzisier witzel
scherz klag beklag bedauer jubel schwärm monier mahn appellier plädier argumentier verkünd verlautbar konstatier
bezeichn teil füg führ erläuter formulier protestier bekräftig unterstreich bemängel vermut glaub versprich droh
entgegn erwider kontert konter verteidig spott ätz stichel rechtfertig folger meld zeig freu wunder hoff berichtig
stell wend räum fass merk hak flüster murmel raun brüll stamml plauder analysier bewert charakterisier wünsch verlang
bedank gratulier tröst beruhig erkundig schlussfolger diktier notier signalisier warn lauf lächel lach sprudel
kommunizier raunz würdig tadel rüg vorwarf interpretier definier beteuer gesteh versprach zürn grüß bloggt
"""
_FORMS = """
sprach sprachen spricht sprechen schrieb schrieben schreibt schreiben rief riefen ruft rufen nannte nannten nennt
nennen gab gaben gibt geben gestand gestanden gesteht wies wiesen weist wirft warf warfen hieß heißt hob hebt hebe bat
baten bittet strich streicht prangert prangerte dachte dachten denkt schwor schwört verriet verriet verrät schloss
schloß schließt zog zieht sah sieht fand findet hielt hält kam empfahl empfiehlt versprach versprachen widersprach
widerspricht wandte meinte log lügt rät riet erging las liest sang schrie schreit befahl befiehlt unterstrich
unterstreicht beschrieb beschreibt beschrieben bekannte bekennt antwortete redet redete gesagt erklärt betont
gefordert kritisiert gemeint gefragt geschrieben geantwortet ergänzt berichtet mitgeteilt geäußert bezeichnet genannt
gesprochen eingeräumt begründet behauptet gelobt zitiert gerufen versichert angekündigt bestätigt getwittert gepostet
erzählt gewarnt formuliert beschrieben hingewiesen geklagt beklagt entgegnet sagen fragen
"""
_PARTICLES = {"an", "mit", "ein", "hinzu", "fort", "aus", "hervor", "zusammen", "vor", "nach", "klar", "fest", "zurück",
              "auf", "ab", "zu", "darauf", "davon", "dar"}  # fmt: skip
_NEEDS_PARTICLE = """
teil füg führ stell wend räum fass merk hak gab gaben gibt geben wies wiesen weist wirft warf warfen hob hebt hebe zog
zieht sah sieht fand findet hielt hält kam wandte schloss schloß schließt kündig las liest zeig lauf dachte erging
"""


def _forms(stems: str) -> set[str]:
    found: set[str] = set()
    for stem in stems.split():
        ending = "e" if stem[-1] in "td" or stem.endswith(("chn", "gn")) else ""
        found.update({stem + ending + "t", stem + ending + "te", stem + ending + "ten", stem + "en"})
    return found - {"meinen", "lauft", "laufte"}


CUES = frozenset(_forms(_WEAK) | set(_FORMS.split()))
WEAK_CUES = frozenset(_forms(_NEEDS_PARTICLE) | set(_NEEDS_PARTICLE.split())) & CUES
PARTICLES = frozenset(_PARTICLES)
AUXILIARIES = frozenset(
    {"hat", "habe", "haben", "hatte", "hatten", "hätte", "wird", "werde", "wurde", "soll", "ist", "will", "kann"}
)
# What stands before or after the source of indirect speech.
SOURCES = frozenset({"laut", "zufolge", "so", "gemäß"})

# Masculine forms; each takes -in.
_STEMS = tuple(
    word_set(
        """
    gründer chef leiter sprecher minister präsident kanzler direktor manager trainer forscher wissenschaftler lehrer
    meister vorsteher inhaber besitzer betreiber unternehmer entwickler ingenieur informatiker physiker chemiker
    biologe psychologe soziologe ökonom analyst journalist reporter redakteur autor schriftsteller dichter sänger
    musiker schauspieler regisseur produzent künstler maler politiker senator kandidat rat richter anwalt
    staatsanwalt zeuge arzt pfleger pfarrer bischof rabbiner imam bäcker förster bauer landwirt wirt koch gärtner
    händler verkäufer fahrer pilot kapitän general offizier kommissar kommissär polizist soldat student schüler
    doktorand professor dozent rektor dekan schulleiter architekt designer handwerker tischler schreiner züchter
    fischer jäger imker winzer brauer schäfer experte berater gutachter ermittler botschafter diplomat sekretär
    abteilungsleiter geschäftsführer geschäftsleiter vertreter stellvertreter nachfolger vorgänger mitarbeiter
    kollege partner investor aktionär sieger spieler stürmer torwart verteidiger läufer fan anwohner nachbar
    bewohner bürger mieter vermieter eigentümer kunde besucher gast aktivist demonstrant teilnehmer veranstalter
    organisator kurator historiker philosoph theologe jurist meteorologe geologe astronom ärztesprecher könig prinz
    fürst premier gouverneur abt wart buchhändler bibliothekar verleger lektor übersetzer moderator blogger chirurg
    apotheker hebamme tierarzt astronaut programmierer techniker mechaniker elektriker erfinder stifter spender
    patron präfekt landrat stadtrat kämmerer kaufmann verfasser beobachter kritiker anführer führer rebell schreiber
    ceo cto cfo coo vize boss papst kardinal erzbischof scheich emir sultan monarch feuerwehrmann obmann vorstand
    """
    )
)
_STEMS_IN = tuple(stem + "in" for stem in _STEMS)
_WOMEN = re.compile(
    r"[\w-]*(?:frau|mutter|tochter|schwester|königin|hebamme|anwältin|ärztin|köchin|bäuerin|rätin|äbtissin|"
    r"(?:er|or|ist|ent|ant|eur|log|at|och|ur|ök|om|end|eg)in|beamtin|expertin|zeugin|kollegin|biologin|pilotin|wirtin)"
)
_MEN = re.compile(
    r"[\w-]*(?:(?:[Ff]euerwehr|[Kk]auf|[Ff]ach|[Ss]taats|[Oo]b|[Ss]chutz|[Ss]ee|[Gg]eschäfts|[Ee]he|[Hh]aupt|[Vv]order)mann|"
    r"vater|sohn|bruder|beamter|abgeordneter|vorsitzender|beauftragter|bediensteter)"
)
_OPEN_ROLE = re.compile(
    r"[\w-]*(?:[Bb]eamte|[Aa]bgeordnete|[Vv]orsitzende|[Bb]eauftragte|[Aa]ngestellte|[Vv]erantwortliche|[Dd]elegierte|"
    r"[Ss]achverständige|[Jj]ährige|[Aa]ngeklagte|[Vv]erletzte|[Ss]elbstständige|[Bb]etroffene)[rn]?"
    r"|[\w-]*(?:[Mm]itglied|[Oo]berhaupt|[Ff]ührungskraft|[Ll]ehrkraft)"
)
_NO_ROLE = word_set(
    """
    Berlin Magazin Termin Medizin Benzin Vorrat Hausrat Apparat Format Senat Mandat Monat Rat Bundesrat Sicherheitsrat
    Aufsichtsrat Betriebsrat Stadtrat Zentralrat Nationalrat Fraktionsrat Stiftungsrat Beirat Verwaltungsrat Referat
    Ethikrat Inserat Fan Heimat Vorstand General Rückwart Gegenwart Vize Wirt Internat Zertifikat Resultat Attentat
    Straftat Tat Sommer Winter Europarat Gemeinderat Kreisrat Landrat
    """
) - {"General", "Wirt", "Landrat", "Fan"}  # fmt: skip


def role_gender(word: str) -> tuple[bool, Gender | None]:
    """Tell whether a noun says what somebody is, and the gender its form has."""
    if not word[:1].isupper() or word in _NO_ROLE or len(word) < 3:
        return False, None
    if _WOMEN.fullmatch(word):
        return True, "f"
    if _MEN.fullmatch(word):
        return True, "m"
    low = word.lower()
    if low.endswith(_STEMS_IN):
        return True, "f"
    if low.endswith(_STEMS):
        return True, None if low in {"ceo", "cto", "cfo", "coo"} else "m"
    return bool(_OPEN_ROLE.fullmatch(word)), None


BODIES = re.compile(
    r"[\w-]*(?:[Pp]olizei|[Mm]inisterium|[Bb]ehörde|[Aa]mt|[Rr]egierung|[Uu]nternehmen|[Kk]onzern|[Pp]artei|[Vv]erband|"
    r"[Gg]ewerkschaft|[Bb]ank|[Gg]ericht|[Gg]erichtshof|[Ss]taatsanwaltschaft|[Ff]euerwehr|[Vv]erein|[Oo]rganisation|"
    r"[Kk]ommission|[Ff]raktion|[Ss]tiftung|[Uu]niversität|[Hh]ochschule|[Ff]irma|[Vv]erwaltung|[Bb]undesrat|[Ss]enat|"
    r"[Kk]anzleramt|[Hh]aus|[Vv]orstand|[Ii]nstitut|[Kk]irche|[Ii]nitiative|[Kk]ammer|[Bb]ündnis|[Gg]esellschaft)"
)
MEDIA = re.compile(
    r"[\w-]*(?:[Zz]eitung|[Aa]gentur|[Ss]ender|[Mm]agazin|[Pp]resse|[Bb]latt|[Rr]adio|[Ff]ernsehen|[Rr]undfunk|[Ii]nterview|"
    r"[Ww]ebsite|[Bb]log|[Rr]undschau|[Jj]ournal|[Ss]piegel|[Bb]ericht|[Mm]eldung|[Mm]itteilung|[Ee]rklärung|[Aa]rtikel|"
    r"[Ss]tudie|[Bb]rief|[Tt]ext|[Gg]esetz|[Bb]uch|[Ff]ilm|[Tt]itel|[Mm]otto)(?:s|es|n|en)?|dpa|AFP|AP|Reuters|BBC|ARD|ZDF|CNN"
)
GROUPS = re.compile(
    r"[\w-]*(?:[Ee]xperten|[Kk]ritiker|[Bb]eobachter|[Ff]orscher|[Mm]enschen|[Ll]eute|[Bb]ürger|[Aa]nwohner|innen|[Ss]precher)"
)
NAMING = word_set(
    """
    Film Titel Zeitung namens Namen Name Motto Buch Roman Song Lied Album Stück Magazin Projekt Begriff Wort Worte
    Wörter Firma Verein Partei Schiff Sendung Serie Band Gruppe Kampagne Aktion Zeitschrift Blatt Programm Reihe
    Organisation sogenannte sogenannten sogenannter sogenanntes Bezeichnung Operation Institut Stiftung Restaurant
    Kneipe Hotel Oper Podcast Show Thema Überschrift Spitznamen Spitzname Beinamen Slogan Preis Bündnis Initiative
    Tageszeitung Nachrichtenmagazin Fernsehserie Kategorie Schriftzug Aufschrift Dokumentarfilm Enzyklika Musical
    Magazins Magazines Films Romans Buches Albums Themen Fernsehsendung Gedicht Gemälde Ausstellung Festival Arie
    """
)
ARTICLES = word_set(
    """
    der die das dem den des ein eine einen einem einer eines im am zum zur vom beim ins Der Die Das Ein Eine Im
    """
)
TIMES = word_set(
    """
    Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag Morgen Mittag Nachmittag Abend Nacht Vormittag
    Januar Februar März April Mai Juni Juli August September Oktober November Dezember Uhr Woche Jahr Jahre Monat Tag
    Tage Stunden Minuten Prozent Euro Anfang Mitte Ende Montagabend Dienstagabend Mittwochabend Donnerstagabend
    Freitagabend Samstagabend Sonntagabend Zeit Mal Rande Angaben Reporter Reportern Journalisten
    """
)

"""Words around a full stop: abbreviations, months, and words that begin a sentence."""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


MONTHS = _words(
    """
    Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember
    Jan Feb Mär Apr Jun Jul Aug Sep Sept Okt Nov Dez
    """
)

# Something always follows these: a name, a number, a noun.
OPEN = _words(
    """
    Dr. Prof. Hr. Fr. Frl. St. Nr. Nrn. Mr. Mrs. Ms. Bd. Bde. Abs. Abb. Kap. Tab. Anm. Hrsg. Verf. Dipl. Dipl.-Ing.
    Ing. Mag. Lic. Gen. Lt. Ltn. Oblt. Hptm. Kgl. kgl. Univ. Inst. Tel. Hl. hl. Pfr. Sen. Gov. Rep. Abg. Präs. Vors.
    Stv. stellv. Ziff. Rn. Vgl. vgl. Bzw. bzw. Ca. ca. Evtl. evtl. Ggf. ggf. gegr. geb. gest. verh. gesch. sog. sogen.
    inkl. exkl. einschl. zzgl. abzgl. bspw. Bspw. insb. insbes. resp. rd. betr. bes. mind. max. min. lfd. ehem. dt.
    engl. franz. frz. amerik. russ. lat. griech. ital. span. europ. kath. ev. evang. wiss. allg. urspr. eigtl. jur.
    phil. rer. nat. med. pol. oec. theol. z.B. Z.B. d.h. D.h. i.d.R. I.d.R. u.U. o.g. v.a. V.a. i.S.v. i.V.m. s.a.
    Reg.-Bez. Reg. Bez. Kfm. Msgr. Mgr. Fa. Ltg. Dir. Gebr. Sankt. Ass. Priv.-Doz. ggü. zw. wg. Wg. vs. mg. bzgl.
    """
)

# These may also be the last word of a sentence; what follows decides.
EITHER = _words(
    """
    usw. usf. etc. u.a. u.ä. o.ä. u.v.m. u.v.a. uvm. u.s.w. a.D. e.V. m.b.H. a.M. p.a. h.c. k.A. s.o. s.u. Chr. Co.
    Inc. Ltd. Corp. Bros. Jr. Sr. jr. sen. jun. Mio. Mrd. Tsd. Bill. Jh. Jhd. Jahrh. Str. str. Std. Min. Sek. Stk.
    Mo. Di. Mi. Do. Sa. So. Jan. Feb. Mär. Apr. Aug. Sep. Sept. Okt. Nov. Dez. Red. Jg. Jgst. Nachf. Forts. Art. Kl.
    Whg. Zi. St.-Gallen. Vol. No. Ed. Mill. Pkt. Tl. Std. Okt. Expl. Aufl. Ausg. ff. f. Uni. Bhf. Hbf. Pl. Anh.
    """
)

# Words of their own, but abbreviations before a number.
BEFORE_NUMBER = _words("Max. Min. Art. Abt. Kl. Vol. No. Jg. Ed.")

# Parts of abbreviations printed with a space, with the part that goes before.
SPACED = frozenset(
    {("z.", "B."), ("Z.", "B."), ("d.", "h."), ("D.", "h."), ("i.", "d."), ("d.", "R."), ("i.", "A."), ("i.", "S."),
     ("u.", "U."), ("o.", "g."), ("v.", "a."), ("V.", "a."), ("m.", "E."), ("i.", "e."), ("z.", "T."), ("Z.", "T."),
     ("z.", "Z."), ("s.", "a."), ("v.", "l."), ("n.", "r."), ("o.", "Ä.")}
)  # fmt: skip

# Names that keep an exclamation or question mark inside a sentence.
MARKED_NAMES = _words("Yahoo! Jeopardy! Joomla! Wham! Kahoot! Yum! Hot! Oxxxy! Go! dass..? dass…?")

# Capitals that are no noun or name: a sentence begins here.
STARTERS = _words(
    """
    Der Die Das Dem Den Des Ein Eine Einer Einem Einen Eines Kein Keine Keiner Keinem Dieser Diese Dieses Diesem Diesen
    Jener Jene Jenes Jeder Jede Jedes Jedem Jeden Mancher Manche Manches Solche Solcher Welche Welcher Welches Alle
    Alles Allen Beide Beiden Beides Viele Vielen Vieles Einige Einigen Einiges Mehrere Wenige Andere Anderen Etliche
    Ich Du Er Sie Es Wir Ihr Man Mich Mir Dich Dir Ihn Ihm Ihnen Uns Euch Sich Mein Meine Meiner Meinem Meinen Dein
    Deine Sein Seine Seiner Seinem Seinen Ihre Ihrer Ihrem Ihren Unser Unsere Unserer Unserem Unseren Euer Eure
    Wer Was Wen Wem Wessen Wo Wann Warum Wieso Weshalb Wie Wohin Woher Womit Wofür Wozu Woran Worauf Worum Wodurch
    In Im Ins An Am Ans Auf Aufs Aus Bei Beim Mit Nach Von Vom Vor Zu Zum Zur Über Übers Unter Für Fürs Durch Gegen
    Ohne Um Seit Bis Während Wegen Trotz Statt Anstatt Neben Hinter Zwischen Gegenüber Laut Gemäß Außer Außerhalb
    Innerhalb Binnen Entlang Infolge Aufgrund Angesichts Anhand Dank Mangels Mithilfe Zufolge
    Und Oder Aber Sondern Denn Doch Jedoch Weil Wenn Falls Ob Obwohl Obgleich Damit Dass Daß Als Nachdem Bevor Ehe
    Sobald Solange Sofern Soweit Indem Sodass Sowohl Weder Entweder Zwar Nicht Nichts Niemand Nie Niemals Nein Ja
    Nun Nur Auch Noch Schon Bereits Erst Dann Danach Davor Dabei Dazu Dafür Dagegen Daher Darum Deshalb Deswegen Darauf
    Daraufhin Daran Darin Daraus Darüber Darunter Davon Dadurch Da Dort Dorthin Hier Hierzu Hierbei Hinzu Heute Gestern
    Morgen Jetzt Derzeit Aktuell Zurzeit Zuletzt Zuvor Zunächst Zuerst Später Bald Früher Inzwischen Mittlerweile
    Seitdem Seither Damals Einst Immer Oft Manchmal Selten Wieder Allerdings Dennoch Trotzdem Außerdem Zudem Ferner
    Ebenso Ebenfalls Gleichzeitig Zugleich Insgesamt Insbesondere Besonders Vielleicht Wahrscheinlich Vermutlich
    Offenbar Natürlich Tatsächlich Eigentlich Leider Somit Folglich Schließlich Endlich Anschließend Kurz So Sogar
    Sonst Stattdessen Etwa Rund Fast Kaum Ganz Sehr Mehr Weniger Genau Gerade Eben Wohl Übrigens Letztlich Erstmals
    Nebenan Draußen Drinnen Oben Unten Links Rechts Überall Nirgends Irgendwann Jemand Jedenfalls Immerhin Ebenda
    Angeblich Angesichts Umgekehrt Hingegen Ansonsten Andererseits Einerseits Beispielsweise Bislang Bisher
    Zumindest Mindestens Höchstens Zwischendurch Zwischenzeitlich Nebenbei Ohnehin Sowieso Wenigstens Womöglich
    Möglicherweise Offensichtlich Anscheinend Scheinbar Laufend Ständig Stets Freilich Gewiss Sicher Sicherlich
    Zweifellos Glücklicherweise Ursprünglich Erneut Abermals Nochmals Erstens Zweitens Drittens Seinerzeit Vorher
    Nachher Vorerst Vorläufig Künftig Neuerdings Kürzlich
    Weitere Weiterhin Nachts Abends Morgens Mittags Vormittags Nachmittags Tags Unterdessen Währenddessen Demnach
    Dementsprechend Entsprechend Danke Bitte Kann Können Könnte Soll Sollte Muss Will Wird Wurde War Ist Hat Haben Sind
    """
)

# Before these a number with a stop is an ordinal, whatever goes before it.
ORDINAL_NOUNS = _words(
    """
    Jahrhundert Jahrhunderts Jahrhunderte Jahrtausend Weltkrieg Weltkriegs Weltkrieges Liga Bundesliga Geburtstag
    Jahrestag Todestag Hochzeitstag Mal Platz Rang Runde Spieltag Minute Sekunde Stunde Tag Woche Monat Jahr Etage Stock
    Stockwerk Obergeschoss Untergeschoss Klasse Bezirk Auflage Ausgabe Kapitel Armee Division Kompanie Bataillon Lauf
    Etappe Staffel Folge Teil Akt Szene Satz Strophe Semester Quartal Halbzeit Viertel Drittel Lesung Instanz Senat
    Kammer Zivilsenat Strafsenat Advent Klassenstufe Lebensjahr Schuljahr Lebensmonat Schwangerschaftswoche Mannschaft
    FC FSV Reich Wahlgang Bundestag Bundesversammlung Legislaturperiode Wahlperiode Breitengrad Längengrad Grad Preis
    Prozent Euro Uhr Dezimale Stelle Reihe Gang Sinfonie Symphonie Versuch Anlauf Weltmeisterschaft Tagung Sitzung
    """
)

# After these a number with a stop is an ordinal: a noun follows.
BEFORE_ORDINAL = _words(
    """
    der die das dem den des im am zum zur vom beim ein eine einen einem einer jeder jede jedes jedem jeden dieser diese
    dieses diesem diesen sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer mein meine meinen meinem meiner
    unser unsere unseren unserem unserer euer eure kein keine letzten ersten kommenden nächsten Der Die Das Dem Den Des
    Im Am Zum Zur Vom Beim Ein Eine Sein Seine Ihr Ihre Mein Meine Unser Unsere Jeder Jede
    """
)

FINITE = _words(
    """
    ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte konnten soll sollen sollte
    sollten muss müssen musste mussten will wollen wollte wollten darf dürfen durfte mag möchte kam kamen ging gingen
    gab gibt geben sah sieht steht stand stehen liegt lag blieb bleibt bleiben hielt hält ließ lässt läuft lief fand
    findet nahm nimmt tritt trat spricht sprach sagt sagte schreibt schrieb weiß wusste kennt kannte bringt brachte
    gewann gewinnt verlor verliert führt führte baut baute macht machte zeigt zeigte fährt fuhr fliegt flog zieht zog
    schloss schließt begann beginnt endet endete sei seien habe hätte wäre würde rief ruft warf wirft siegte
    """
)

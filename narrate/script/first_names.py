"""Common first names, as the last resort to tell a name from a noun and a woman from a man."""

from __future__ import annotations

from narrate.model import Gender

_F = """
Ada Agnes Aischa Alena Alexandra Alica Alice Alicia Alina Amelie Amina Amira Ana Andrea Angela Angelika Angelina Anita
Anja Anke Anna Anne Annegret Annelie Anneliese Annemarie Annette Anni Annika Antje Antonia Astrid Aurelia Ayse Ayşe
Barbara Beate Beatrice Beatrix Berta Bettina Bianca Birgit Birgitta Birte Britta Brigitte Camilla Carina Carla Carmen
Carola Carolin Caroline Catherine Charlotte Christa Christel Christiane Christina Christine Claire Clara Claudia
Constanze Cora Corinna Cornelia Dagmar Daniela Daria Diana Dilek Dora Doris Dorothea Dorothee Edith Ekaterina Elena
Eleonore Elfriede Elif Elisa Elisabeth Elise Elizabeth Elke Ella Ellen Elsa Elvira Emilia Emily Emine Emma Emmanuelle
Erika Erna Esther Eva Evelyn Fatima Fatma Felicitas Fiona Florence Franka Franziska Frauke Frederike Friederike Frieda
Gabi Gabriela Gabriele Gerda Gerlinde Gertrud Gesa Gisela Gitta Giorgia Greta Gudrun Gundula Hanna Hannah Hannelore
Hatice Hedwig Heide Heidemarie Heidi Heike Helen Helena Helene Helga Henrike Henriette Hilde Hildegard Hillary Ida
Ilka Ilona Ilse Imke Ina Ines Inga Inge Ingeborg Ingrid Inka Irene Irina Iris Irma Isabel Isabell Isabella Jana Jane
Janina Janine Jasmin Jennifer Jenny Jessica Johanna Josefine Judith Julia Juliane Julie Jutta Kamala Karen Karin
Karina Karla Karola Karoline Katarina Katharina Kathrin Katja Katrin Kerstin Kim Kirsten Klara Konstanze Kristin
Kristina Lara Larissa Laura Lea Lena Leni Leonie Leyla Lieselotte Lilli Lilly Lina Linda Linn Lisa Lise Liz Lotte
Louisa Louise Lucia Lucie Ludmilla Luisa Luise Luzie Lydia Madeleine Magda Magdalena Maike Maja Mandy Manuela Mara
Mareike Maren Margaret Margareta Margarete Margarethe Margot Margret Maria Marianne Marie Marina Marion Marlene
Marlies Marta Martha Martina Mary Mathilde Maya Mechthild Meike Melanie Melina Melissa Merle Mia Michaela Michelle
Mila Milena Mina Mira Miriam Mirjam Mona Monika Monique Nadine Nadja Nancy Natalia Natalie Natascha Nele Nicola Nicole
Nina Nora Olga Olivia Patricia Paula Pauline Pelin Petra Pia Rachel Ramona Rebecca Rebekka Regina Regine Renate
Ricarda Rita Romy Ronja Rosa Rose Rosemarie Ruth Sabine Sabrina Sahra Samira Sandra Sara Sarah Saskia Selina Selma
Sevim Sibylle Sigrid Silja Silke Silvia Simone Sina Sofia Sofie Sonja Sophia Sophie Stefanie Stella Stephanie Susan
Susanna Susanne Svenja Svetlana Swetlana Sybille Sylvia Tabea Tamara Tanja Tatjana Teresa Thea Theresa Therese Tina
Tine Traute Trude Ulla Ulrike Ursula Uta Ute Valentina Valerie Vanessa Vera Verena Veronika Victoria Viktoria Viola
Vivian Waltraud Wanda Wencke Wera Wiebke Wilma Yasemin Yasmin Ylva Yvonne Zeynep Zoe Jorinde Svea Enna Tomma Levke
Gesche Hauke-Marie Merit Aylin Nura Mette Ragna Silvana Jelena Oksana
"""
_M = """
Achim Adam Adrian Ahmed Alain Albert Albrecht Alejandro Aleksandar Alessandro Alex Alexander Alexei Alexej Alf Alfons
Alfred Ali Alois Alwin Anatoli Andre André Andreas Andrej Andrew Andrzej Angelo Anselm Anthony Anton Antonio Antonis
Armin Arne Arno Arnold Arthur Artur August Axel Barack Bastian Ben Benedikt Benjamin Benno Bernd Bernhard Bert Bertold
Bill Björn Bob Bodo Boris Brian Bruno Burkhard Carl Carlo Carlos Carsten Cem Charles Chris Christian Christoph
Christopher Claas Claus Clemens Daniel Dario David Dennis Detlef Dick Dieter Dietmar Dietrich Dirk Dmitri Dominik Don
Donald Eberhard Eckart Eckhard Edgar Edmund Eduard Edward Egon Elias Elmar Elon Emil Emmanuel Emre Enno Enrico Erdal
Erdoğan Erich Erik Ernst Erwin Eugen Ewald Fabian Felix Ferdinand Fidel Florian Francesco Francisco Francois François
Frank Franz Fred Frederik Friedhelm Friedrich Fritz Gabriel Georg George Georgi Gerald Gerd Gerhard Gernot Gero Giovanni
Gordon Gottfried Götz Gregor Guido Guillermo Günter Günther Gunnar Gustav Guy Hamid Hannes Hans Hans-Peter Harald Harry
Hartmut Hassan Hauke Heiko Heiner Heinrich Heinz Helge Hellmut Helmut Hendrik Henning Henri Henrik Henry Herbert
Hermann Holger Horst Hosni Hubert Hugo Hugh Ibrahim Ignaz Igor Ilja Ingo Isaac Ismail Ivan Iwan Jack Jacob Jacques
Jakob James Jan Jannik Jannis Jason Javier Jean Jeff Jens Jeremy Jerzy Jim Jimmy Joachim Joe Joachim Jochen
Joel Johann Johannes John Jon Jonas Jonathan Jörg Jörn Josef Joseph Joshua José Juan Julian Julius Jürgen Justus Jupp
Kai Karl Karl-Heinz Karsten Kaspar Kemal Ken Kenneth Kevin Klaus Knut Kofi Konrad Konstantin Korbinian Kurt Lars Larry
Lasse Laurent Lennart Leo Leon Leonard Leonhard Leonid Leopold Lorenz Lothar Louis Luca Lucas Ludger Ludwig Luis Luiz
Lukas Lutz Magnus Mahmud Malte Manfred Manuel Marc Marcel Marco Marcus Mario Marius Mark Marko Markus Martin Marvin
Mathias Matteo Matthias Maurice Max Maximilian Mehmet Michael Michail Michel Miguel Mike Milan Mirko Mohamed Mohammad
Mohammed Moritz Mustafa Nick Nicolas Nico Niklas Niko Nikolai Nikolaus Nils Norbert Olaf Ole Oleg Oliver Olli Omar Osama
Oskar Oscar Osman Ottmar Otto Pablo Pascal Pat Patrick Paul Pedro Per Pete Peter Petr Philip Philipp Phil Pierre Piotr
Rafael Rainer Ralf Ralph Raphael Rasmus Raul Reiner Reinhard Reinhold Remo René Ricardo Rico Richard Rob Robert Roberto
Robin Roger Roland Rolf Roman Ron Ronald Rüdiger Rudi Rudolf Rupert Ryan Saddam Salvatore Sam Samuel Sascha Sebastian
Sepp Sergei Sergej Siegfried Siegmar Sigmar Silvio Simon Stefan Steffen Stephan Stephen Steve Steven Sundar Sven
Tarek Tassilo Theo Theodor Thies Thilo Thomas Thorben Thorsten Til Till Tilo Tim Timo Tino Titus Tobias Tom Tomas Toni
Tony Torben Torsten Tyler Udo Ugur Ulf Uli Ulrich Urs Uwe Valentin Veit Viktor Vincent Vladimir Volker Volkmar Walter
Warren Werner Wieland Wilfried Wilhelm Will William Willi Willy Winfried Wladimir Wolf Wolfgang Wolfram Xaver Yannick
Yusuf Zacharias Jasper Bjarne Fiete Onno Tjark Henk Joost Ruud Kees Lech Jaroslaw Radoslaw Viktor Mikael Kimi Ove Eyüp
"""
_GENDERS: dict[str, Gender] = {**dict.fromkeys(_F.split(), "f"), **dict.fromkeys(_M.split(), "m")}


def is_first_name(word: str) -> bool:
    """Tell whether a word is a common first name; of a double name both parts."""
    return all(part in _GENDERS for part in word.split("-"))


def gender_of(word: str) -> Gender | None:
    """Return the gender that a first name is usually given to, or None."""
    return _GENDERS.get(word) or _GENDERS.get(word.partition("-")[0])

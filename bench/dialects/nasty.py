"""Files that are nasty by themselves, written by hand after patterns seen in public data."""

from __future__ import annotations

from bench.dialects.bases import Case


def _rows(text: str, mark: str = "¤") -> list[list[str]]:
    """A truth written with a mark between cells, one row a line."""
    return [row.split(mark) for row in text.strip("\n").split("\n")]


NASTY = (
    Case(
        "decimal commas in both",
        b"x;y;z\n1,5;2,5;3,5\n2,5;3,5;4,5\n7,1;8,2;9,3\n",
        _rows("x¤y¤z\n1,5¤2,5¤3,5\n2,5¤3,5¤4,5\n7,1¤8,2¤9,3"),
        ";",
    ),
    Case(
        "names last first in tabs",
        b"Name\tOffice\nBerg, Anna\tOslo\nLee, Kim\tBath\nPoe, Ed\tLinz\n",
        _rows("Name¤Office\nBerg, Anna¤Oslo\nLee, Kim¤Bath\nPoe, Ed¤Linz"),
        "\t",
    ),
    Case("clocks and colons", b"a,b\n09:30,x\n10:15,y\n11:00,z\n", _rows("a¤b\n09:30¤x\n10:15¤y\n11:00¤z")),
    Case(
        "prose in one column",
        b"Note\nAnna called, twice\nLiam met Beta\nnobody, nothing, never\n",
        _rows("Note\nAnna called, twice\nLiam met Beta\nnobody, nothing, never"),
        "",
    ),
    Case(
        "addresses of pages",
        b"url|hits\nhttp://a.b/c,d;e|3\nhttp://a.b/?q=1;2|4\nhttp://x.y/,|9\n",
        _rows("url¤hits\nhttp://a.b/c,d;e¤3\nhttp://a.b/?q=1;2¤4\nhttp://x.y/,¤9"),
        "|",
    ),
    Case(
        "names of rows without a heading",
        b'"a","b"\n"r1","1","2"\n"r2","3","4"\n"r3","5","6"\n',
        _rows("a¤b¤\nr1¤1¤2\nr2¤3¤4\nr3¤5¤6"),
    ),
    Case(
        "inch marks",
        b'item,size,n\npipe,5",1\ntube,12",2\nrod,7" x 3",4\n',
        _rows('item¤size¤n\npipe¤5"¤1\ntube¤12"¤2\nrod¤7" x 3"¤4'),
    ),
    Case(
        "a quoted word inside a cell",
        b'id,said,by\n1,he said "no" twice,Ann\n2,"all fine",Bob\n3,so "what" now,Cy\n',
        _rows('id¤said¤by\n1¤he said "no" twice¤Ann\n2¤all fine¤Bob\n3¤so "what" now¤Cy'),
    ),
    Case(
        "quotes not doubled",
        b'id,said,by\n1,"he said "no" twice",Ann\n2,"all fine",Bob\n3,"so, "what" now",Cy\n',
        _rows('id¤said¤by\n1¤he said "no" twice¤Ann\n2¤all fine¤Bob\n3¤so, "what" now¤Cy'),
    ),
    Case(
        "json in a cell",
        b'id;data;n\n1;{"a": 1, "b": [2, 3]};4\n2;{"a": 5, "b": []};6\n3;{};7\n',
        _rows('id¤data¤n\n1¤{"a": 1, "b": [2, 3]}¤4\n2¤{"a": 5, "b": []}¤6\n3¤{}¤7'),
        ";",
    ),
    Case(
        "three lines in one cell",
        b'a,b,c,d\n1,"x\ny\nz",3,4\n5,6,7,8\n9,1,2,3\n',
        [["a", "b", "c", "d"], ["1", "x\ny\nz", "3", "4"], ["5", "6", "7", "8"], ["9", "1", "2", "3"]],
    ),
    Case(
        "two stray quotes swallow rows",
        b'a,b,c,d\n1,2,"x,4\n5,6,7,8\n9,1,2,3\n4,5,y",7\n8,9,1,2\n',
        _rows('a¤b¤c¤d\n1¤2¤"x¤4\n5¤6¤7¤8\n9¤1¤2¤3\n4¤5¤y"¤7\n8¤9¤1¤2'),
    ),
    Case("two stray quotes, two columns", b'a,b\n1,"x\n5,6\n9,1\n4,y"\n8,9\n', None),
    Case(
        "an address over two lines",
        b'name,address\nAnn,"Road 1\nBath, UK"\nBob,"Lane 2\nHull, UK"\nCy,"Way 3\nYork, UK"\n',
        [
            ["name", "address"],
            ["Ann", "Road 1\nBath, UK"],
            ["Bob", "Lane 2\nHull, UK"],
            ["Cy", "Way 3\nYork, UK"],
        ],
    ),
    Case("thousands bare", b"town,people,area\nA,1,234,5\nB,2,345,6\nC,3,456,7\nD,9,8\n", None),
    Case(
        "blanks around delimiters",
        b"a | b | c\n1 | x y | 3\n4 | z | 6\n7 | w | 9\n",
        _rows("a¤b¤c\n1¤x y¤3\n4¤z¤6\n7¤w¤9"),
        " | ",
    ),
    Case(
        "comma and blank with quotes",
        b'a, b, c\n1, "x, y", 3\n4, "z", 6\n7, "w", 9\n',
        _rows("a¤b¤c\n1¤x, y¤3\n4¤z¤6\n7¤w¤9"),
        ", ",
    ),
    Case(
        "words for tabs",
        b"a\\tb\\tc\n1\\t2\\t3\n4\\t5\\t6\n7\\t8\\t9\n",
        _rows("a¤b¤c\n1¤2¤3\n4¤5¤6\n7¤8¤9"),
        "\\t",
    ),
    Case(
        "numbers between blanks",
        b"x y z\n1.5 2.5 3.5\n2.5 3.5 4.5\n3.5 4.5 5.5\n",
        _rows("x¤y¤z\n1.5¤2.5¤3.5\n2.5¤3.5¤4.5\n3.5¤4.5¤5.5"),
        " ",
    ),
    Case("columns by blanks", b"name   n   m\nab     1   2\nabc    3   4\nabcde  5   6\n", None, " "),
    Case(
        "instrument header",
        b"Dataset A,made 2026-11-02 by K\ncm-1,%T\n4000.0,98.7\n3999.0,98.8\n3998.0,98.6\n3997.0,98.7\n",
        None,
    ),
    Case(
        "title over two columns",
        b"Water use,\nyear,m3\n2024,13\n2025,14\n2026,15\n",
        _rows("year¤m3\n2024¤13\n2025¤14\n2026¤15"),
    ),
    Case(
        "sections inside",
        b"item,n,m\nFruit,,\napple,1,2\npear,3,4\nRoots,,\nbeet,5,6\n",
        _rows("item¤n¤m\nFruit¤¤\napple¤1¤2\npear¤3¤4\nRoots¤¤\nbeet¤5¤6"),
    ),
    Case(
        "total below",
        b"item,n,m\napple,1,2\npear,3,4\nfig,5,6\nTotal,9,12\n",
        _rows("item¤n¤m\napple¤1¤2\npear¤3¤4\nfig¤5¤6\nTotal¤9¤12"),
    ),
    Case(
        "rows with one name",
        b"minister,date,who,why\nA,Oct-14,Tea,Talk\n,,Vision,\n,,Child,\nB,Nov-14,Ox,Talk\n,,Sight,\n",
        _rows("minister¤date¤who¤why\nA¤Oct-14¤Tea¤Talk\n¤¤Vision¤\n¤¤Child¤\nB¤Nov-14¤Ox¤Talk\n¤¤Sight¤"),
    ),
    Case(
        "several tables with titles",
        b"Meetings,,,\nwho,when,what,why\nA,Oct,x,talk\nB,Nov,y,talk\n,,,\nTravel,,,\nwho,days,where,cost\nA,3,Rome,100\n",
        None,
    ),
    Case(
        "last row with a name only",
        b"land,a,b,c\nOslo,1,2,3\nBern,4,5,6\nRome,7,8,9\nBonn,,,\n",
        _rows("land¤a¤b¤c\nOslo¤1¤2¤3\nBern¤4¤5¤6\nRome¤7¤8¤9\nBonn¤¤¤"),
    ),
    Case(
        "two rows of headings",
        b"region,2024,,2025,\n,men,women,men,women\nNorth,1,2,3,4\nSouth,5,6,7,8\nEast,9,8,7,6\nWest,1,1,2,2\n",
        None,
    ),
    Case("units under the heading", b"time,temp,wind\n,degC,m/s\n1,2.5,3\n2,2.6,4\n3,2.7,5\n4,2.8,6\n", None),
    Case(
        "years as headings",
        b"land,2022,2023,2024\nOslo,1,2,3\nBern,4,5,6\nRome,7,8,9\n",
        _rows("land¤2022¤2023¤2024\nOslo¤1¤2¤3\nBern¤4¤5¤6\nRome¤7¤8¤9"),
    ),
    Case("numbers only", b"1,2,3\n4,5,6\n7,8,9\n", _rows("1¤2¤3\n4¤5¤6\n7¤8¤9")),
    Case(
        "comments above",
        b"# made by a machine\n# version 3\na,b,c\n1,2,3\n4,5,6\n",
        _rows("a¤b¤c\n1¤2¤3\n4¤5¤6"),
    ),
    Case("nothing but blanks", b"  \n \n", None),
    Case("empty", b"", None),
    Case("one cell", b"x\n", _rows("x"), ""),
    Case(
        "an apostrophe before numbers",
        b"id,name\n'001,A\n'002,B\n'003,C\n",
        _rows("id¤name\n'001¤A\n'002¤B\n'003¤C"),
    ),
    Case(
        "windows paths",
        b'id,path,n\n1,"C:\\dir\\",2\n3,"D:\\x y\\z",4\n5,"E:\\",6\n',
        _rows("id¤path¤n\n1¤C:\\dir\\¤2\n3¤D:\\x y\\z¤4\n5¤E:\\¤6"),
    ),
    Case(
        "cyrillic", "Имя;Город;Число\nАнна;Москва;1\nИван;Тверь;2\nОльга;Омск;3\n".encode("cp1251"), None, ";"
    ),
    Case("pound sign of old", b"what;cost\ntea;\x9c5.98\ncake;\x9c3.10\njam;\x9c1.00\n", None, ";"),
    Case(
        "half of it in utf-8",
        "n;m;k\nSøren;1;a\nÅse;2;b\n".encode() + "Jørgen;3;c\nMæt;4;d\n".encode("cp1252"),
        _rows("n¤m¤k\nSøren¤1¤a\nÅse¤2¤b\nJørgen¤3¤c\nMæt¤4¤d"),
        ";",
    ),
)

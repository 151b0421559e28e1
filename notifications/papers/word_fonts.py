"""The fonts of an official document, by name, and what stands in for them."""

import re
from typing import Any

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

FANGSONG, HEITI, KAITI, XIAOBIAOSONG = "仿宋", "黑体", "楷体", "方正小标宋简体"
LATIN = "Times New Roman"
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STAND_INS = {  # what Word and WPS look for where the first name is missing
    FANGSONG: "FangSong,仿宋_GB2312,FangSong_GB2312,STFangsong",
    HEITI: "SimHei,Noto Sans CJK SC",
    KAITI: "KaiTi,楷体_GB2312,KaiTi_GB2312,STKaiti",
    XIAOBIAOSONG: "FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,Noto Serif CJK SC",
    "宋体": "SimSun,Noto Serif CJK SC",
}


def letter(element: Any, chinese: str) -> None:
    """Set this run, or this style, in a Chinese font and the Latin one beside it."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), LATIN)
    fonts.set(qn("w:eastAsia"), chinese)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def declare_fonts(word: Word) -> None:
    part: Any = word.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table: Any = parse_xml(part.blob)
    for name, others in STAND_INS.items():
        font = OxmlElement("w:font")
        font.set(qn("w:name"), name)
        other = OxmlElement("w:altName")
        other.set(qn("w:val"), others)
        font.append(other)
        table.append(font)
    part._blob = serialize_part_xml(table)


def readable(words: str) -> str:
    """Without what no XML may hold: a ledger's cell can have it."""
    return NO_XML.sub("", words)

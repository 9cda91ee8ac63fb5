"""Thai without spaces, cut into words: where the script ends one is for the reader to know.

The reader chooses the cheapest cutting of a text into known words and, between them, into syllables of a regular shape.
Words that are not read as they are written stand in the word list with a regular respelling.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

_WORDS = """
สวัสดี=สะ-หวัด-ดี หวัดดี ยินดี ต้อนรับ เชิญ ด้าน ใน เลย ครับ ค่ะ คะ แล้ว พบ กัน ใหม่ ลา ก่อน ไป นะ บ๊าย บาย ขอบคุณ มาก
ด้วย ความ ไม่ เป็น ไร รบกวน สอบถาม หน่อย ขอโทษ ขอ ถาม ต้อง อภัย=อะ-ไพ ให้ วัน ที่ ดี เที่ยว สนุก=สะ-หนุก ใช่ ตกลง คุณ มา จาก
ประเทศ อะไร ไหน กรุณา รอ สัก ครู่ แป๊บ หนึ่ง ฟัง เข้าใจ เข้า ใจ ที่นี่ พูด รู้ รู้สึก เรื่อง ช้า ลง ช่วย ได้ ไหม กว่า นี้ นี่ อีก ครั้ง ที รอบ
มี ใคร บ้าง คน ฉัน ผม ดิฉัน เขียน ดู จด เดี๋ยว จะ ตาม เพื่อน ร่วม งาน เจ้า หน้า เจ้าหน้าที่ เรียก แผ่น พับ เอกสาร=เอก-กะ-สาน แนะนำ
อยู่ ตรง ทาง ใกล้ สุด แถว ยังไง ยัง อย่างไร อย่าง ไกล แค่ เดิน ประมาณ นาที ใช้ เวลา ราว เลี้ยว ซ้าย หัว มุม ถึง ขวา ชั้น โน้น นั้น
ชี้ แผนที่ หลง สำหรับ รถ เข็น ผู้ ค่า ชม เท่า ไหร่ ตั๋ว ราคา ใบ ละ ซื้อ เอา ใหญ่ เด็ก ฟรี เสีย ส่วน ลด นักเรียน ศึกษา สูง อายุ แก่
แสดง=สะ-แดง ตรวจ จำหน่าย หมด จอง ล่วงหน้า จำเป็น ไว้ กลับ ออก ซ้ำ เครื่อง บรรยาย เสียง เช่า ถ่าย รูป ภาพ ห้าม อย่า งด จับ สิ่ง ของ
จัด โปรด สัมผัส วัตถุ=วัด-ถุ ฝาก กระเป๋า เก็บ สัมภาระ รับ ประทาน อาหาร และ ดื่ม ทาน ข้าง กิน ตอน กี่ โมง ขณะ=ขะ-หนะ เปิด เริ่ม ปิด
เรา การ หรือ เปล่า หยุด ทุก เกิน นาน คิว อัน ทั้ง ชิ้น แพง จัง ถูก แบบ จ่าย เฉพาะ=ฉะ-เพาะ เงิน สด แต่ เสร็จ ทอน คืน ภาษี เฉย
อร่อย=อะ-หร่อย เด็ด คือ จาน สั่ง ผสม มังสวิรัติ=มัง-สะ-วิ-รัด เนื้อ เจ เผ็ด ทำ พริก หวาน น้อย น้ำ น้ำตาล แข็ง แก้ว บ้าน ถุง ห่อ นั่ง ร้าน คิด
แจ้ง ว่า แพ้ อาการ ระวัง กำลัง กำเริบ ก็=ก้อ พยาบาล เร็ว ตำรวจ=ตำ-หรวด ไฟ ไหม้ เกิด เพลิง หา หมอ อยาก สบาย เวียน มืด เจ็บ อก แน่น
หาย ลำบาก บาด สติ ลม ล้ม เหลือ กู้ หน่วย ชีพ ดิน ไหว ตั้ง ตื่น ตระหนก ตก สงบ=สะ-หงบ อาคาร ตึก เย็น นอก ระเบียบ ยา ประจำ ตัว เอง
หนังสือ มือ ถือ ลืม วาง ลูก เจอ ขโมย โดน จุด แผนก=ผะ-แนก ลักษณะ=ลัก-สะ-หนะ ตา ทิ้ง เพิ่ง เคย แช่ พุ ร้อน แรก อาบ ล้าง บ่อ ชุด ว่าย สวม
หมวก กับ เปลือย กาย ขน หนู รวบ เรียบร้อย=เรียบ-ร้อย มัด อุณหภูมิ=อุน-หะ-พูม องศา หลัง เหล้า หาก โรค ปรึกษา ถ้า ท้อง เช็ด หญิง ฝั่ง ห้อง ชาย พื้น
ลื่น ถอด เท้า เยอะ ขึ้น สาย ส่ง ท้าย ขบวน=ขะ-บวน คัน ต่อ เมื่อ เปลี่ยน สถานี ป้าย จอด โดย สาร ชาน ชาลา จักรยาน=จัก-กระ-ยาน ไวไฟ ยืม ร่ม นม
บุตร=บุด พวก ว่าง สะดุด ต่าง ระดับ อนุญาต=อะ-นุ-ยาด ถั่ว ลิสง เปลือก เม็ด มะม่วง หิมพานต์=หิม-มะ-พาน วัว ไข่ ไก่ ปลา กุ้ง ทะเล ข้าว สาลี แป้ง
เหลือง งา เมล็ด=มะ-เล็ด หมู กระเทียม ชา กาแฟ บะหมี่ ก๋วยเตี๋ยว สวย แกง จืด ภาษา จีน กลาง อังกฤษ=อัง-กริด ญี่ปุ่น เกาหลี ไทย=ไท
หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ เอ็ด ยี่ ร้อย พัน หมื่น แสน ล้าน ศูนย์ นาฬิกา บาท เหรียญ หยวน ไต้หวัน ครึ่ง เช้า บ่าย ค่ำ
พิพิธภัณฑ์=พิ-พิด-ทะ-พัน โรง สาธารณะ=สา-ทา-ระ-นะ รวม ฟ้า ใต้ สุขา ส้วม ประชา ประชาสัมพันธ์=ประ-ชา-สำ-พัน ช่อง
ตลาด=ตะ-หลาด สมุด=สะ-หมุด หอ สวน ภัตตาคาร ขาย ธนาคาร แรม สะดวก สนามบิน=สะ-หนาม-บิน สนาม=สะ-หนาม ท่า อากาศยาน=อา-กาด-สะ-ยาน
วัด ศาล ขนม=ขะ-หนม ถนน=ถะ-หนน ผลไม้=ผน-ละ-ไม้ ตลอด=ตะ-หลอด ตลก=ตะ-หลก เสมอ=สะ-เหมอ ชาติ=ชาด เหตุ=เหด ธาตุ=ทาด สระ=สะ
สามารถ=สา-มาด พฤหัส=พะ-รึ-หัด เพชร=เพ็ด จังหวัด ฝรั่ง=ฝะ-หรั่ง ประวัติ=ประ-หวัด ภูมิ=พูม ฤดู มหาวิทยาลัย=มะ-หา-วิด-ทะ-ยา-ไล วิทยุ=วิด-ทะ-ยุ
สมุทร=สะ-หมุด จักร=จัก บัตร=บัด มิตร=มิด สัตว์=สัด จันทร์=จัน อาทิตย์=อา-ทิด ศุกร์=สุก เสาร์=เสา แพทย์=แพด ตั้งครรภ์=ตั้ง-คัน สตางค์=สะ-ตาง
โทรศัพท์=โท-ระ-สับ โทร=โท ฝรั่งเศส=ฝะ-หรั่ง-เสด โปรตุเกส เยอรมัน=เยอ-ระ-มัน ฮอลแลนด์=ฮอน-แลน ดัตช์=ดัด รัสเซีย อิตาลี อิตาเลียน สเปน
เวียดนาม อินโด อินโดนีเซีย โบรชัวร์ ลิฟต์ วีลแชร์ ออดิโอ ไกด์ ทัวร์ แฟลช ล็อกเกอร์ เครดิต อีซี่การ์ด แวต รีฟันด์ แท็กซ์ แท็กซี่ เมนู ฮาลาล บิล เช็ก โต๊ะ
พาสปอร์ต=พาด-สะ-ปอด เบอร์ แอลกอฮอล์=แอล-กอ-ฮอ เมล์ ชาร์จ แบต อัลมอนด์=อัน-มอน ซีฟู้ด ซุป ดอลลาร์=ดอน-ลา มิวเซียม เมโทร=เม-โตร บัส
เคาน์เตอร์=เคา-เตอ ไนต์ มาร์เก็ต มินิมาร์ต แบงก์ ออนเซ็น คอนเสิร์ต=คอน-เสิด ตังค์ ใส่ รอง รองเท้า นำ ผ้า รอย นัก รูด ภัย
พนักงาน สรุป=สะ-หรุบ บริการ=บอ-ริ-กาน บริเวณ=บอ-ริ-เวน บริษัท=บอ-ริ-สัด นิทรรศการ=นิ-ทัด-สะ-กาน ประวัติศาสตร์=ประ-หวัด-ติ-สาด
"""

_CLUSTERS = "ก[รลว]|[ขคผพป][รล]|[ขค]ว|ตร|[ทสศซจ]ร|[บฟ][รล]|ดร|ห[งญณนมยรลว]|อย(?=[ั่าู])"
_FINAL = "[กขคฆงจชซญฎฏฐฑฒณดตถทธนบปพฟภมยรลวศษสฬ]"
# I: initial, T: tone mark. The letter after the vowel: + a final must follow, ? it may, - it cannot.
_SHAPES = """
เIีTย:ia? เIืTอ:uea? เITาะ:or- เITา:ao- เIิT:oe+ เITย:oe=ย เI็:e+ เITอะ:oe- เITอ:oe? เITะ:e- เIT:e? แI็:ae+ แITะ:ae- แIT:ae?
โITะ:o- โIT:o? ไITย:ai- ไIT:ai- ใIT:ai- IัTวะ:ua- IัTว:ua- IัT:a+ ITะ:ah- ITา:a? ITำ:am- IิT:i? IีT:i? IึT:ue? IืTอ:ue- IืT:ue+
IุT:u? IูT:u? ITว:ua+ I็อ:or+ ITอ:or? Iรร:a+ Iรร:an- IT:oh+ I:ah-
"""
_BREVE = 2.4  # a consonant alone, read with a short a: only when nothing else fits
_HIDDEN = 1.4  # a vowel that is not written
_PLAIN = 1.0
_WORD = 0.5
_SKIP = 20.0

Syllable = tuple[str, str, str]
"""Initial (one or two letters), vowel (its name in :data:`_SHAPES`), final (a letter or "")."""


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str, float], ...]:
    """(pattern, vowel, final that is not a group of the pattern, cost) of every shape of a syllable."""
    out = []
    for entry in _SHAPES.split():
        shape, rhyme = entry.split(":")
        vowel, how, fixed = (rhyme[:-2], "=", rhyme[-1]) if "=" in rhyme else (rhyme[:-1], rhyme[-1], "")
        cost = _BREVE if shape == "I" else _HIDDEN if shape == "IT" else _PLAIN
        for initial, saved in (("[ก-ฮ]", 0.0), (_CLUSTERS, 0.1)):
            body = shape.replace("I", f"(?P<initial>{initial})").replace("T", "[่-๋]?")
            if how in "+?":
                out.append((re.compile(f"{body}(?P<final>{_FINAL})"), vowel, "", cost - saved))
            if how != "+":
                out.append((re.compile(body), vowel, fixed, cost - saved))
    return tuple(out)


@functools.cache
def _words() -> Mapping[str, tuple[Syllable, ...]]:
    """The word list: a word as it is written (and without mute letters) and its syllables."""
    out: dict[str, tuple[Syllable, ...]] = {}
    for entry in _WORDS.split():
        word, _, said = entry.partition("=")
        pieces = [piece for part in (said or word).split("-") for piece in _cheapest(mute(part), {})]
        out[word] = tuple(syllable for _, syllables in pieces for syllable in syllables)
    return {**{mute(word): syllables for word, syllables in out.items()}, **out}


def mute(text: str) -> str:
    """Text without the letters silenced by a karan, and with ฤ as it is mostly said."""
    text = re.sub("[ตท]ร์|[ก-ฮ][ิุ]?์", "", text)
    return text.replace("ฤๅ", "รือ").replace("ฤ", "รึ").replace("ฦ", "ลึ")


def cut(text: str) -> list[tuple[str, tuple[Syllable, ...]]]:
    """Words of a run of Thai letters, and single syllables where no word is known; each with its syllables."""
    return _cheapest(text, _words())


def _cheapest(text: str, words: Mapping[str, tuple[Syllable, ...]]) -> list[tuple[str, tuple[Syllable, ...]]]:
    n = len(text)
    cost = [0.0] + [float("inf")] * n
    back: list[tuple[int, tuple[Syllable, ...]]] = [(0, ())] * (n + 1)
    longest = max(map(len, words), default=0)

    def reach(start: int, end: int, price: float, syllables: tuple[Syllable, ...]) -> None:
        if cost[start] + price < cost[end]:
            cost[end] = cost[start] + price
            back[end] = start, syllables

    for start in range(n):
        reach(start, start + 1, _SKIP, ())
        for end in range(start + 1, min(n, start + longest) + 1):
            if text[start:end] in words:
                reach(start, end, _WORD, words[text[start:end]])
        for pattern, vowel, fixed, price in _patterns():
            match = pattern.match(text, start)
            if match:
                final = match.groupdict().get("final") or fixed
                said = "or" if (vowel, final) == ("oh", "ร") else vowel  # พร, ละคร
                last = price == _BREVE and match.end() == n  # words do not end on a consonant read alone
                reach(start, match.end(), price + 2 * last, ((match["initial"], said, final),))
    pieces: list[tuple[str, tuple[Syllable, ...]]] = []
    end = n
    while end:
        start, syllables = back[end]
        pieces.append((text[start:end], syllables))
        end = start
    return pieces[::-1]

"""Words that stand against each other, in every language of the phrasebook."""

import itertools

import pytest

from interpreter.axes import NONE, axes
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import Book
from interpreter.translation.contrasts import contrasts, opposed
from interpreter.translation.matching import tokens
from interpreter.translation.phrasebook import Phrasebook

EVERYWHERE = {
    "who", "ask", "day", "weekday", "modal", "want", "here", "side", "height", "way", "limit", "order", "open", "start",
    "much", "heat", "same", "get", "wear",
}  # fmt: skip
_SETS = """
en: I need a doctor | You need a doctor | We need a doctor
en: Where do I pay? | When do I pay? | How do I pay?
en: Go up here | Go down here
en: Wash before the bath | Wash after the bath
en: We open at nine | We close at nine
en: Turn left | Turn right
en: Are you open today? | Are you open tomorrow?
en: You can sit | You must sit
en: I have a bag | I need a bag | I want a bag
en: Where is the exit? | Here is the exit
zh-Hant: 我需要看醫生 | 你需要看醫生 | 我們需要看醫生
zh-Hant: 在哪裡付錢 | 什麼時候付錢 | 怎麼付錢
zh-Hant: 請上樓 | 請下樓
zh-Hant: 泡湯前喝水 | 泡湯後喝水
zh-Hant: 我們開門 | 我們關門
zh-Hant: 往左走 | 往右走
zh-Hant: 今天有開嗎 | 明天有開嗎
zh-Hant: 可以戴口罩 | 必須戴口罩
zh-Hant: 我有袋子 | 我需要袋子 | 我想要袋子
zh-Hant: 出口在哪裡 | 出口在這裡
zh-Hant: 請先付錢 | 請晚點付錢
zh-Hant: 在裡面等 | 在外面等
zh-Hans: 我需要看医生 | 您需要看医生 | 她需要看医生
zh-Hans: 在哪里付款 | 什么时候付款 | 怎么付款
zh-Hans: 请上楼 | 请下楼
zh-Hans: 泡温泉之前 | 泡温泉之后
zh-Hans: 几点开门 | 几点关门
zh-Hans: 往左拐 | 往右拐
zh-Hans: 今天开门吗 | 明天开门吗
zh-Hans: 可以戴口罩 | 需要戴口罩
zh-Hans: 请放在外面 | 请放在里面
ja: 私は医者です | あなたは医者です | 私たちは医者です
ja: どこで払いますか | いつ払いますか
ja: 上に行ってください | 下に行ってください
ja: 入る前に洗います | 入った後に洗います
ja: 九時に開きます | 九時に閉まります
ja: 左に曲がる | 右に曲がる
ja: 今日開いていますか | 明日開いていますか
ja: どこで終わりますか | ここで終わりです
ja: ここに入る | ここから出る
ja: 袋があります | 袋が必要です | 袋がほしいです
ja: 熱いお茶 | 冷たいお茶
ko: 저는 의사가 필요해요 | 당신은 의사가 필요해요 | 우리는 의사가 필요해요
ko: 어디에서 계산하나요 | 언제 계산하나요
ko: 위로 올라가세요 | 아래로 내려가세요
ko: 들어가기 전에 씻으세요 | 들어간 후에 씻으세요
ko: 몇 시에 여나요 | 몇 시에 닫나요
ko: 왼쪽으로 가세요 | 오른쪽으로 가세요
ko: 오늘 문 여나요 | 내일 문 여나요
ko: 봉투가 있어요 | 봉투가 필요해요
ko: 여기서 끝나요 | 어디서 끝나요
ko: 뜨거운 물 | 차가운 물
th: ฉันต้องการหมอ | คุณต้องการหมอ | เราต้องการหมอ
th: จ่ายเงินที่ไหน | จ่ายเงินเมื่อไร
th: ขึ้นชั้นบน | ลงชั้นล่าง
th: อาบน้ำก่อน | อาบน้ำหลัง
th: เปิดกี่โมง | ปิดกี่โมง
th: เลี้ยวซ้าย | เลี้ยวขวา
th: วันนี้เปิดไหม | พรุ่งนี้เปิดไหม
th: นั่งได้ | ต้องนั่ง
th: เข้าทางนี้ | ออกทางนี้
th: มีไข้ไหม | มีไข้
th: น้ำร้อน | น้ำเย็น
ru: мне нужен врач | вам нужен врач | нам нужен врач
ru: где платить | когда платить | как платить
ru: идите наверх | идите вниз
ru: до купания | после купания
ru: вы открыты | вы закрыты
ru: поверните налево | поверните направо
ru: сегодня будет дождь | завтра будет дождь
ru: можно сесть | нужно сесть
ru: войти сюда | выйти сюда
ru: у меня есть пакет | мне нужен пакет | хочу пакет
ru: где выход | здесь выход
id: saya butuh dokter | Anda butuh dokter | kami butuh dokter
id: bayar di mana | bayar kapan
id: naik | turun
id: sebelum mandi | sesudah mandi
id: jam berapa buka | jam berapa tutup
id: belok kiri | belok kanan
id: hari ini hujan | besok hujan
id: bisa duduk | harus duduk
id: masuk | keluar
vi: tôi cần bác sĩ | bạn cần bác sĩ | chúng tôi cần bác sĩ
vi: trả tiền ở đâu | khi nào trả tiền
vi: đi lên | đi xuống
vi: tắm trước khi ăn | tắm sau khi ăn
vi: mấy giờ mở cửa | mấy giờ đóng cửa
vi: rẽ trái | rẽ phải
vi: hôm nay có mưa | ngày mai có mưa
vi: đi vào | đi ra
vi: tôi có túi | tôi cần túi | tôi muốn túi
pt: preciso de um médico | você precisa de um médico
pt: onde se paga | quando se paga
pt: suba | desça
pt: antes do banho | depois do banho
pt: que horas abre | que horas fecha
pt: à esquerda | à direita
pt: aberto hoje | aberto amanhã
pt: pode entrar | deve entrar | pode sair
es: necesito un médico | usted necesita un médico
es: dónde se paga | cuándo se paga
es: suba | baje
es: antes del baño | después del baño
es: a qué hora abren | a qué hora cierran
es: a la izquierda | a la derecha
es: abren hoy | abren mañana
es: puede entrar | debe salir
fr: j'ai besoin d'un médecin | vous avez besoin d'un médecin
fr: où dois-je payer | quand dois-je payer
fr: montez | descendez
fr: avant le bain | après le bain
fr: vous ouvrez | vous fermez
fr: à gauche | à droite
fr: aujourd'hui | demain
fr: vous pouvez | vous devez
fr: entrez | sortez
de: ich brauche einen Arzt | Sie brauchen einen Arzt | wir brauchen einen Arzt
de: wo bezahle ich | wann bezahle ich
de: nach oben | nach unten
de: vor dem Baden | nach dem Baden
de: heute geöffnet | heute geschlossen
de: links | rechts
de: heute | morgen
de: kann man | muss man
de: herein | heraus
nl: ik heb een dokter nodig | u hebt een dokter nodig
nl: waar betaal ik | wanneer betaal ik
nl: naar boven | naar beneden
nl: voor het bad | na het bad
nl: u bent open | u bent gesloten
nl: linksaf | rechtsaf
nl: vandaag | morgen
nl: mag zitten | moet zitten
nl: instappen | uitstappen
it: ho bisogno di un medico | lei ha bisogno di un medico
it: dove si paga | quando si paga
it: salga | scenda
it: prima del bagno | dopo il bagno
it: quando aprite | quando chiudete
it: a sinistra | a destra
it: oggi | domani
it: può entrare | deve uscire
it: vorrei | ho bisogno
"""
SETS: dict[str, list[list[str]]] = {}
for _line in _SETS.strip().splitlines():
    _tag, _, _texts = _line.partition(": ")
    SETS.setdefault(_tag, []).append(_texts.split(" | "))
"""Sentences of which each stands against every other one of its set, in any order."""


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_every_language_has_the_axes(tag: str) -> None:
    known = axes(tag)
    assert set(known) >= EVERYWHERE, EVERYWHERE - set(known)
    for axis, poles in known.items():
        words = [tuple(tokens(word, tag)) for pole in poles for word in pole]
        assert all(words), axis
        assert len(words) == len(set(words)), (axis, "a word points to two poles")
        assert len(poles) > 1 or axis in (NONE, "whether"), axis


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_what_stands_against_each_other_is_opposed(tag: str) -> None:
    for texts in SETS[tag]:
        found = {text: contrasts(tokens(text, tag), tag) for text in texts}
        for one, other in itertools.permutations(found, 2):
            assert opposed(found[one], found[other]), (one, other)
            assert not opposed(found[one], found[one])


@pytest.mark.parametrize(
    ("tag", "one", "other"),
    [
        ("en", "I need a doctor", "a doctor is needed"),
        ("zh-Hant", "這裡的溫泉", "這裡的泉水"),
        ("ja", "大丈夫です", "妻は元気です"),
        ("ko", "문제가 있어요", "우리가 있어요"),
        ("th", "เจ้าหน้าที่อยู่ที่นี่", "ต่อไปอยู่ที่นี่"),
        ("ru", "мне нужен врач", "нужен врач"),
    ],
)
def test_silence_is_no_contrast_and_a_word_inside_a_word_is_none(tag: str, one: str, other: str) -> None:
    assert not opposed(contrasts(tokens(one, tag), tag), contrasts(tokens(other, tag), tag))


@pytest.mark.parametrize("tag", PHRASEBOOK_TAGS)
def test_a_phrase_is_not_found_by_what_stands_against_it(tag: str) -> None:
    """In a book where every word of the phrase is frequent, only the contrast can tell."""
    for texts in SETS[tag]:
        first, *others = texts
        rest = {"category": "a", "safety": "", "speaker": "both", "language": tag, "status": "supplied"}
        rows = [{"id": "it", "text": first, **rest}]
        rows += [{"id": f"other{n}", "text": f"{first} {others[-1]} {n}", **rest} for n in range(30)]
        phrasebook = Phrasebook(Book.from_rows(rows), threshold=0.3)
        assert phrasebook.match(first, tag) is not None
        for other in others:
            match = phrasebook.match(other, tag)
            assert match is None or match.phrase != "it", (first, other)

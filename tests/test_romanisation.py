from concurrent.futures import ThreadPoolExecutor

import pytest

from interpreter.phrases import default_book
from interpreter.romanisation import romanised

KNOWN = [
    ("zh-Hant", "請問溫泉博物館在哪裡？", "Qǐng wèn wēn quán bó wù guǎn zài nǎ lǐ?"),
    ("zh-Hant", "銀行在這裡。請排隊行走！", "Yín háng zài zhè lǐ. Qǐng pái duì xíng zǒu!"),
    ("zh-Hant", "星期二的垃圾", "Xīng qí èr de lè sè"),
    ("zh-Hans", "星期二的垃圾，谢谢", "Xīng qī èr de lā jī, xiè xie"),
    ("ja", "温泉博物館はどこですか。", "Onsen hakubutsukan wa doko desu ka."),
    ("ja", "学校へ行きました。", "Gakkō e ikimashita."),
    ("ja", "先生は新聞を読んでいます。", "Sensei wa shinbun o yonde imasu."),
    ("ja", "コーヒーをください。", "Kōhī o kudasai."),
    ("ja", "一緒に抹茶を買った。", "Issho ni matcha o katta."),
    ("ja", "自転車を借りられますか。ご注意ください。", "Jitensha o kariraremasu ka. Gochūi kudasai."),
    ("ja", "禁煙ですか、ありがとう。", "Kin'en desu ka, arigatō."),
    # From the examples of the Revised Romanisation's own rules.
    ("ko", "독립문", "Dongnimmun"),
    ("ko", "종로 신라 왕십리 별내", "Jongno silla wangsimni byeollae"),
    ("ko", "백마 해돋이 좋고 놓다", "Baengma haedoji joko nota"),
    ("ko", "압구정 낙성대 합정", "Apgujeong nakseongdae hapjeong"),
    ("ko", "화장실이 어디예요?", "Hwajangsiri eodiyeyo?"),
    ("ko", "맛있어요, 없어요.", "Masisseoyo, eopseoyo."),
    ("th", "สวัสดีครับ", "sawatdi khrap"),
    ("th", "พิพิธภัณฑ์อยู่ที่ไหน", "phiphitthaphan yu thi nai"),
    ("th", "ขอบคุณมาก ๆ", "khopkhun mak mak"),
    ("th", "เชียงใหม่", "chiang mai"),
    ("ru", "Где находится музей?", "Gde nakhoditsya muzey?"),
    ("ru", "Ещё поезд, объект и ЩИТ", "Yeshchë poyezd, ob”yekt i SHCHIT"),
    ("ru", "Елена Юрьева", "Yelena Yur’yeva"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text", "read"), KNOWN)
def test_texts_are_read_as_the_standard_of_their_language_says(tag: str, text: str, read: str) -> None:
    assert romanised(text, tag) == read


@pytest.mark.parametrize("tag", ["en", "vi", "de", "xx", ""])
def test_what_is_written_in_latin_letters_has_no_reading(tag: str) -> None:
    assert romanised("Grüß Gott 溫泉", tag) == ""


@pytest.mark.parametrize("tag", ["zh-Hant", "zh-Hans", "ja", "ko", "th", "ru"])
def test_nothing_of_the_phrasebook_keeps_its_script(tag: str) -> None:
    book = default_book()
    for phrase in book.phrases.values():
        for text in phrase.texts.get(tag, ()):
            plain = "".join(part for part in text if part not in "{}[]")
            read = romanised(plain, tag)
            assert read
            assert not [letter for letter in read if letter.isalpha() and ord(letter) > 0x24F], (text, read)


def test_empty_and_odd_texts_are_no_reason_to_stop() -> None:
    for tag in ("zh-Hant", "ja", "ko", "th", "ru"):
        assert romanised("  ", tag) == ""
        assert romanised("Wi-Fi 14:30 NT$100", tag)
        romanised("ๆ ーッ ๆๆ ์ ㅋㅋ ㄱ ь 々 𠮷 🙂 \u200b", tag)


def test_many_read_at_once() -> None:
    texts = [("ja", "温泉博物館はどこですか。"), ("ko", "독립문"), ("zh-Hant", "銀行")] * 20
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda each: romanised(each[1], each[0]), texts))
    assert set(read) == {"Onsen hakubutsukan wa doko desu ka.", "Dongnimmun", "Yín háng"}

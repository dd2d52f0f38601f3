from __future__ import annotations

from lxml import etree

from clausescan.studies import chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> etree._Element:
    return etree.fromstring(picture.encode())


def test_a_bar_is_as_long_as_its_value_and_names_are_escaped():
    root = drawn(chart.bars("a < b", {"one": 1.0, "half & half": 0.5}, {"one": (0.8, 1.0)}))
    full, half = (float(bar.get("width")) for bar in root.findall(f"{SVG}rect")[1:])
    assert full == 2 * half > 0
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"a < b", "half & half", "0.500"} <= {*texts}
    assert len(root.findall(f"{SVG}path")) == 1


def test_lines_rise_with_their_values():
    root = drawn(chart.lines("t", {"a": [(0, 0.0), (10, 1.0)]}, x="x", y="y", diagonal=True))
    low, high = root.iter(f"{SVG}circle")
    assert float(low.get("cx")) < float(high.get("cx"))
    assert float(low.get("cy")) > float(high.get("cy"))
    assert [text.text for text in root.iter(f"{SVG}text")].count("a") == 1

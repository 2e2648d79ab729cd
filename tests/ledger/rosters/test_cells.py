"""Names, genders and grades as schools of many countries write them."""

from __future__ import annotations

import pytest

from edge_app.ledger.rosters.cells import GenderColumn, class_name, grade, same_grade, split_name


@pytest.mark.parametrize(
    ("cells", "genders"),
    [
        ("F M X", "f m x"), ("m w d", "m f x"), ("weiblich männlich", "f m"), ("男 女", "m f"),
        ("H M", "m f"), ("H F", "m f"), ("G F", "m f"), ("B G", "m f"), ("K M", "f m"),
        ("V M", "f m"), ("J M", "m f"), ("N M", "f m"), ("T P", "f m"), ("Flicka Pojke", "f m"),
        ("Mujer Hombre", "f m"), ("Fille Garçon", "f m"), ("1 2 0", "m f -"), ("여 남", "f m"),
        ("Female unknown", "f -"), ("kız erkek", "f m"), ("Girl BOY", "f m"), ("M F H", "m f ?"),
    ],
)  # fmt: skip
def test_a_letter_means_what_its_partner_shows(cells: str, genders: str) -> None:
    column = GenderColumn(cells.split(), "Gender")
    for cell, gender in zip(cells.split(), genders.split()):
        if gender == "?":
            with pytest.raises(ValueError, match="must be f, m or x"):
                column.read(cell)
        else:
            assert column.read(cell) == gender.strip("-"), cell


def test_a_spanish_m_alone_may_be_a_woman() -> None:
    column = GenderColumn(["M", "M", ""], "Sexo")
    assert column.unknown and column.read("M") == column.read("") == ""
    assert GenderColumn(["M"], "Gender").read("M") == "m"
    assert GenderColumn(["M", "F"], "Sexo").read("M") == "m"


@pytest.mark.parametrize(
    ("cell", "same"),
    [("5", "5"), ("05", "5"), ("5.0", "5"), ("5,0", "5"), ("5th", "5"), ("5th Grade", "5"),
     ("Grade 5", "5"), ("Year 5", "5"), ("五年级", "5"), ("五年級", "5"), ("5年级", "5"),
     ("第5学年", "5"), ("5학년", "5"),
      ("Klasse 5", "5"), ("5. Klasse", "5"), ("5º", "5"), ("K", "K"), ("KG", "KG"),
     ("10", "10"), ("0", "0"), ("UG", "UG"), ("初一", "初一"), ("5a", "5a"), ("null", "")],
)  # fmt: skip
def test_a_grade_has_one_form(cell: str, same: str) -> None:
    assert grade(cell) == same and same_grade(cell, same)


@pytest.mark.parametrize(
    ("cell", "header", "grade_cell", "name"),
    [
        ("7A", "Class", "7", "7A"), ("2", "組", "1", "1年2組"), ("02", "반", "3", "3학년 2반"),
        ("2班", "班级", "五年级", "五年级2班"), ("2", "班级", "5", "5年2班"),
        ("501", "班级", "5", "501"),
        ("五（2）班", "班级", "五年级", "五（2）班"), ("2", "Class", "5", "2"),
        ("2", "班级", "", "2"),
        ("5.0", "Class", "", "5"),
    ],
)  # fmt: skip
def test_a_number_within_a_grade_is_no_class_by_itself(
    cell: str, header: str, grade_cell: str, name: str
) -> None:
    assert class_name(cell, header, grade_cell) == name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Tolvanen, Mira", "Mira", "Tolvanen"), ("Lopez,Ana María", "Ana María", "Lopez"),
        ("van der Berg, Jan", "Jan", "van der Berg"), ("Mira Tolvanen", "", "Mira Tolvanen"),
        ("King, Martin, Jr.", "Martin", "King, Jr."), ("Martin King, Jr.", "", "Martin King, Jr."),
        ("a, b, c", "", "a, b, c"), ("Li,", "", "Li,"), (", Ada", "", ", Ada"),
    ],
)  # fmt: skip
def test_last_comma_first(name: str, first: str, last: str) -> None:
    assert split_name(name) == (first, last)

"""What one department's table means: the form of a catalogue entry, checked as it is read."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.schema.catalog import SCHEMA
from graph.schema.codes import RECORD_CLASSES
from graph.schema.words import Kind, Property


class ValueKind(StrEnum):
    """Kinds of raw values; each has one cleaner in loaders/clean."""

    TEXT = "text"
    NAME = "name"
    CREDIT_CODE = "credit_code"
    ORG_CODE = "org_code"
    REGISTRATION_NUMBER = "registration_number"
    TAX_NUMBER = "tax_number"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    DATE = "date"
    MONEY = "money"
    FRACTION = "fraction"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CASE_NUMBER = "case_number"
    REGION = "region"
    CHOICE = "choice"


class Form(BaseModel):
    """A part of a catalogue entry: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Title(Form):
    """A caption in both languages."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        """Return the caption in `language`, "zh" or "en"."""
        return self.en if language == "en" else self.zh


class Column(Form):
    """One declared column: every header it is known by, what it holds, in which unit.

    `unit`: percent or one for fractions; yuan or wan (10,000 yuan) for money. `choices` maps each
    code to the words that stand for it; a word outside them is kept as `other` where that code is
    declared, else the row is rejected. `single` rejects a cell that lists several names: read as
    one, they would be a party that nobody is.
    """

    headers: tuple[str, ...] = Field(min_length=1)
    kind: ValueKind
    unit: Literal["percent", "one", "yuan", "wan"] | None = None
    mandatory: bool = False
    single: bool = False
    choices: dict[str, tuple[str, ...]] = {}
    default: str | None = None


When = dict[str, tuple[str, ...]]
# Codes by which parties are joined, and what a party may be known by: also by an identity number,
# which is kept as its hash alone, and by a department's own number, by which nobody is joined.
JOINED_BY = (
    "uscc",
    "old_uscc",
    "org_code",
    "registration_number",
    "tax_number",
    "certificate_number",
    "licence_number",
)
KNOWN_BY = (*JOINED_BY, "id_number", "local_id")
# What a row may make beside parties and records.
_THINGS = tuple(
    node.label
    for node in SCHEMA.nodes
    if node.label not in ("Party", "CreditRecord") and "Party" not in node.bases
)
# Which values a property of such a kind can hold; any other holds what stands in the cell.
_HELD = {
    Kind.DATE: (ValueKind.DATE,),
    Kind.BOOLEAN: (ValueKind.BOOLEAN,),
    Kind.FRACTION: (ValueKind.FRACTION,),
    Kind.INTEGER: (ValueKind.INTEGER,),
    Kind.AMOUNT: (ValueKind.MONEY, ValueKind.INTEGER),
}


class PartyForm(Form):
    """One party that a row mentions.

    `identifiers` maps an identifier (KNOWN_BY) to a column. `anchor` names the
    role of the organisation by which a person is known: (name + organisation). `former_names` and
    `properties` map columns to the schema. `when` keeps the rows whose column holds one of these.
    `constants` are properties with a fixed value, as intermediary_class.
    """

    kind: Literal["organisation", "person", "party"]
    name: str | None = None
    identifiers: dict[str, str] = {}
    anchor: str | None = None
    # Nothing reads them and nobody may give them; the id of every snapshot is made of the form.
    label: None = None
    label_from: None = None
    roles: tuple[Literal["Intermediary", "KeyProfessional"], ...] = ()
    properties: dict[str, str] = {}
    constants: dict[str, str | int | float | tuple[int, ...]] = {}
    former_names: str | None = None
    when: When = {}


class NodeForm(Form):
    """One node that is no party (Engagement, Tender, Lawsuit, Address, …), known by `key`."""

    label: str
    key: tuple[str, ...] = Field(min_length=1)
    name: str
    properties: dict[str, str] = {}
    constants: dict[str, str | int | float] = {}
    when: When = {}


class LinkForm(Form):
    """One link that a row makes between two roles (of `parties` or `nodes`).

    `carries` maps a property of the link to a column. `share_of` names the amount column whose part
    of the sum over the target is the share where the row gives none. `valid_from`, `valid_to` name
    date columns. `needs` names columns that must hold a value other than 0: a holder who has sold
    everything has no link.
    """

    type: str
    source: Annotated[str, Field(alias="from")]
    target: Annotated[str, Field(alias="to")]
    carries: dict[str, str] = {}
    constants: dict[str, str | int | float] = {}
    share_of: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    needs: tuple[str, ...] = ()
    when: When = {}


class RecordForm(Form):
    """One credit record that a row makes about the party in the role `subject`.

    `key` names the columns by which the same decision is known again in another department's or
    tier's file; a row whose first key column is empty makes a record of its own, further empty ones
    count as empty text. `values` maps properties of CreditRecord to columns. A resource that only
    `updates` (a change of status) never makes a record where the key is not known yet.
    """

    subject: str
    record_class: Annotated[str, Field(alias="class")]
    key: tuple[str, ...] = Field(min_length=1)
    values: dict[str, str] = {}
    constants: dict[str, str | int | float | bool] = {}
    updates: bool = False
    when: When = {}


def party_properties(kind: str) -> Iterator[Property]:
    """Yield what a party of this kind may have, whatever it turns out to be.

    >>> "sex" in {one.name for one in party_properties("person")}
    True
    >>> "sex" in {one.name for one in party_properties("organisation")}
    False
    """
    for node in SCHEMA.nodes:
        labels = (node.label, *node.bases)
        person, firm = node.label in ("Person", "KeyProfessional"), "Organisation" in labels
        denied = (person and kind == "organisation") or (firm and kind == "person")
        if "Party" in labels and not denied:
            yield from node.properties


class Resource(Form):
    """One table of one department.

    `authority` ranks this resource as a source of party properties: the smaller wins; `ranks`
    overrides it by property. `date` names the column that dates a row's statement.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")
    version: int = 1
    title: Title
    department: str
    subject: Literal["organisation", "person", "party", "tender", "engagement", "lawsuit"] = (
        "organisation"
    )
    tier: Literal["province", "city", "state", "site"] = "province"
    region: str = "440000"
    cycle_days: int = Field(default=30, gt=0)
    disclosure: Literal["public", "authorised", "internal"] = "public"
    authority: int = Field(default=50, ge=1, le=99)
    ranks: dict[str, int] = {}
    date: str | None = None
    natural_key: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, Column]
    parties: dict[str, PartyForm] = {}
    nodes: dict[str, NodeForm] = {}
    links: tuple[LinkForm, ...] = ()
    records: tuple[RecordForm, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for column in self._columns_used():
            if column not in self.columns:
                raise ValueError(f"column {column!r} is not declared under columns")
        for role in self._roles_used() - {*self.parties, *self.nodes}:
            raise ValueError(f"role {role!r} is not declared under parties or nodes")
        for link in self.links:
            SCHEMA.link(link.type)
        for record in self.records:
            if record.record_class not in RECORD_CLASSES:
                raise ValueError(f"record class {record.record_class!r} is not known")
        return self

    @model_validator(mode="after")
    def _properties_exist(self) -> Self:
        """Refuse what the graph has no place for: it would be left out without a word."""
        for role, party in self.parties.items():
            self._hold(f"party {role!r}", party_properties(party.kind), party.properties, party)
            self._know(role, party)
        for role, node in self.nodes.items():
            if node.label not in _THINGS:
                raise ValueError(f"label {node.label!r} is not one of {', '.join(_THINGS)}")
            own = SCHEMA.node(node.label).properties
            self._hold(f"node {role!r}", own, node.properties, node)
        for link in self.links:
            self._hold(f"link {link.type}", SCHEMA.link(link.type).properties, link.carries, link)
        for record in self.records:
            own = SCHEMA.node("CreditRecord").properties
            self._hold(f"record {record.record_class}", own, record.values, record)
        return self

    def _know(self, role: str, party: PartyForm) -> None:
        for name, column in party.identifiers.items():
            if name not in KNOWN_BY:
                raise ValueError(f"party {role!r}: identifier {name!r} is not known")
            if name == "id_number" and self.columns[column].kind is not ValueKind.ID_NUMBER:
                raise ValueError(f"party {role!r}: id_number needs a column of kind id_number")

    def _hold(
        self,
        thing: str,
        declared: Iterable[Property],
        given: Mapping[str, str],
        form: PartyForm | NodeForm | LinkForm | RecordForm,
    ) -> None:
        kinds = {one.name: one.kind for one in declared if not one.computed}
        for name in (*given, *form.constants):
            if name not in kinds:
                raise ValueError(f"{thing}: property {name!r} is not declared for it (schema)")
        for name, column in given.items():
            held = _HELD.get(kinds[name])
            if held and self.columns[column].kind not in held:
                raise ValueError(f"{thing}: property {name!r} needs a column of kind {held[0]}")

    def _roles_used(self) -> set[str]:
        ends = {end for link in self.links for end in (link.source, link.target)}
        anchors = {party.anchor for party in self.parties.values() if party.anchor}
        return ends | anchors | {record.subject for record in self.records}

    def _columns_used(self) -> list[str]:
        used = [*self.natural_key, *([self.date] if self.date else [])]
        for party in self.parties.values():
            used += [*party.identifiers.values(), *party.properties.values(), *party.when]
            used += [c for c in (party.name, party.former_names) if c]
        for node in self.nodes.values():
            used += [*node.key, node.name, *node.properties.values(), *node.when]
        for link in self.links:
            used += [*link.carries.values(), *link.needs, *link.when]
            used += [c for c in (link.share_of, link.valid_from, link.valid_to) if c]
        for record in self.records:
            used += [*record.key, *record.values.values(), *record.when]
        return used

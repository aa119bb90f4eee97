"""The catalogue and the protocol files name the same measures."""

from measures.clinical.catalogue import CATALOGUE, measures_of
from protocols.loader import list_protocols

# Computed from two label maps, or from the tables of many cases.
NOT_OF_ONE_CASE = {"overlap", "distance", "level-variability"}


def test_every_measure_of_a_protocol_is_in_the_catalogue_and_the_other_way_round() -> None:
    protocols = {protocol.name: protocol for protocol in list_protocols()}
    for name, protocol in protocols.items():
        assert set(protocol.measures) - NOT_OF_ONE_CASE == {measure.name for measure in measures_of(name)}
    for measure in CATALOGUE.values():
        assert set(measure.protocols) <= set(protocols)


def test_columns_roles_and_options_are_named_once_and_explained() -> None:
    for measure in CATALOGUE.values():
        for parts in (measure.columns, measure.roles, measure.options):
            names = [part.name for part in parts]
            assert len(names) == len(set(names))
            assert all(part.meaning for part in parts)

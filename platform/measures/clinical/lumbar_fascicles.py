"""The fascicles of a published model of the lumbar spine, one by one, for the planar loading model."""

from __future__ import annotations

from collections.abc import Mapping

from measures.clinical.loading_inputs import PELVIS, Fascicle

SOURCE_STRESS_N_CM2 = 46.0
"""Muscle stress of the source, by which its forces become areas."""

ERECTOR, MULTIFIDUS, QUADRATUS = "erector spinae", "multifidus", "quadratus lumborum"
PSOAS, RECTUS = "psoas", "rectus abdominis"

Point = tuple[str, float, float]
"""A body, and a place in its own frame: forwards and upwards in mm. A vertebra's frame has its origin in the joint
below it, the pelvis's and the thorax's are those of the source."""

_FRAMES_MM: Mapping[str, tuple[str, float, float]] = {
    PELVIS: ("L5/S1", 98.0, -71.0),
    "L5": ("L5/S1", 0.0, 0.0),
    "L4": ("L4/L5", 0.0, 0.0),
    "L3": ("L3/L4", 0.0, 0.0),
    "L2": ("L2/L3", 0.0, 0.0),
    "L1": ("L1/L2", 0.0, 0.0),
    "thorax": ("L1/L2", 2.5, -89.0),
}
"""Where a body's frame has its origin: a joint, and from there forwards and upwards."""


def published_fascicles(joints_m: Mapping[str, tuple[float, float]]) -> tuple[Fascicle, ...]:
    """Return the fascicles of the published model on the joints of another.

    Parameters
    ----------
    joints_m : mapping of str to (float, float)
        Joint centres, m.

    Returns
    -------
    tuple of Fascicle
        Left and right together, in the sagittal plane.

    References
    ----------
    Christophy et al. 2012, Biomech Model Mechanobiol 11:19-34, doi:10.1007/s10237-011-0290-6: paths and forces, as in
    its public conversion MyoTorso (Walia et al. 2025, Apache-2.0), whose forces were fitted anew. The areas are these
    forces over 46 N/cm2. Wrapping surfaces are left out; of the quadratus lumborum the fascicles between rib and crest,
    and between rib and one vertebra, are put together.
    """

    def place(point: Point) -> tuple[float, float]:
        body, x, y = point
        joint, x0, y0 = _FRAMES_MM[body]
        return (joints_m[joint][0] + (x0 + x) / 1000, joints_m[joint][1] + (y0 + y) / 1000)

    return tuple(
        Fascicle(
            name,
            muscle,
            path[0][0],
            path[-1][0],
            place(path[0]),
            place(path[-1]),
            2 * force_n / SOURCE_STRESS_N_CM2,
            tuple((point[0], *place(point)) for point in path[1:-1]),
        )
        for name, muscle, force_n, path in _PATHS
    )


# What holds the long fascicles down to the vertebrae that they pass.
_L2, _L3, _L4 = ("L2", -44.2, 4.0), ("L3", -46.3, 13.7), ("L4", -46.7, 17.7)
_RIB_L2 = ("L2", -48.5, 2.5)

# Name, muscle, force of one side in N, and the path from above.
_PATHS: tuple[tuple[str, str, float, tuple[Point, ...]], ...] = (
    ("IL L1", ERECTOR, 65.7, (("L1", -30.1, 15.5), (PELVIS, -159.4, 59.9))),
    ("IL L2", ERECTOR, 90.2, (("L2", -29.8, 11.7), (PELVIS, -150.9, 77.2))),
    ("IL L3", ERECTOR, 86.5, (("L3", -29.2, 20.0), (PELVIS, -136.9, 88.8))),
    ("IL L4", ERECTOR, 88.3, (("L4", -22.0, 25.6), (PELVIS, -131.8, 85.6))),
    ("LTpL L1", ERECTOR, 36.5, (("L1", -29.1, 15.1), (PELVIS, -162.0, 59.2))),
    ("LTpL L2", ERECTOR, 42.5, (("L2", -28.8, 12.6), (PELVIS, -159.7, 62.0))),
    ("LTpL L3", ERECTOR, 45.5, (("L3", -29.2, 19.6), (PELVIS, -158.4, 66.5))),
    ("LTpL L4", ERECTOR, 51.3, (("L4", -20.3, 23.1), (PELVIS, -150.5, 66.5))),
    ("LTpL L5", ERECTOR, 56.9, (("L5", -10.3, 26.7), (PELVIS, -141.3, 73.9))),
    ("IL R5", ERECTOR, 11.1, (("thorax", -76.1, 300.8), ("thorax", -79.3, 175.4), _RIB_L2, (PELVIS, -156.3, 63.3))),
    ("IL R6", ERECTOR, 14.9, (("thorax", -76.2, 276.8), ("thorax", -80.1, 173.6), _RIB_L2, (PELVIS, -145.3, 80.0))),
    ("IL R7", ERECTOR, 18.9, (("thorax", -79.2, 257.7), ("thorax", -80.3, 174.6), _RIB_L2, (PELVIS, -134.2, 87.4))),
    ("IL R8", ERECTOR, 16.6, (("thorax", -79.7, 228.0), ("thorax", -79.1, 170.3), _RIB_L2, (PELVIS, -137.3, 91.9))),
    ("IL R9", ERECTOR, 24.1, (("thorax", -76.9, 194.0), ("thorax", -79.5, 174.5), _RIB_L2, (PELVIS, -133.3, 93.9))),
    ("IL R10", ERECTOR, 47.9, (("thorax", -75.0, 162.8), _RIB_L2, (PELVIS, -130.3, 96.8))),
    ("IL R11", ERECTOR, 58.4, (("thorax", -62.4, 135.9), _RIB_L2, (PELVIS, -127.5, 99.0))),
    ("IL R12", ERECTOR, 69.8, (("thorax", -38.3, 106.1), (PELVIS, -124.8, 101.1))),
    ("LTpT T1", ERECTOR, 9.5, (("thorax", -52.4, 399.2), ("L1", -46.0, -10.6))),
    ("LTpT T2", ERECTOR, 25.5, (("thorax", -56.1, 380.3), ("L2", -44.8, -14.3))),
    ("LTpT T3", ERECTOR, 26.2, (("thorax", -65.1, 358.9), ("L1", -37.1, -14.0), ("L3", -46.2, -3.4))),
    ("LTpT T4", ERECTOR, 10.4, (("thorax", -73.3, 337.7), ("L1", -37.1, -14.0), ("L4", -45.8, 7.1))),
    ("LTpT T5", ERECTOR, 10.1, (("thorax", -76.1, 314.6), _L2, ("L4", -47.3, 4.0))),
    ("LTpT T6", ERECTOR, 15.3, (("thorax", -83.4, 289.3), ("thorax", -74.8, 186.3), _L2, ("L5", -36.2, 16.2))),
    ("LTpT T7", ERECTOR, 18.3, (("thorax", -82.2, 263.1), ("thorax", -76.0, 186.3), _L2, (PELVIS, -131.3, 60.5))),
    ("LTpT T8", ERECTOR, 29.2, (("thorax", -80.5, 235.9), _L2, _L3, _L4, (PELVIS, -142.9, 50.2))),
    ("LTpT T9", ERECTOR, 35.8, (("thorax", -76.9, 218.4), _L2, _L3, _L4, (PELVIS, -165.8, 26.8))),
    ("LTpT T10", ERECTOR, 42.0, (("thorax", -69.8, 189.8), _L2, _L3, _L4, (PELVIS, -164.5, 24.6))),
    ("LTpT T11", ERECTOR, 40.9, (("thorax", -60.9, 161.7), _L2, _L3, _L4, (PELVIS, -157.6, 30.7))),
    ("LTpT T12", ERECTOR, 34.1, (("thorax", -52.7, 131.3), _L2, _L3, _L4, (PELVIS, -144.8, 48.8))),
    ("LTpT R4", ERECTOR, 10.9, (("thorax", -75.5, 329.8), ("thorax", -76.8, 185.7), _L2, ("L4", -45.8, 7.1))),
    ("LTpT R5", ERECTOR, 11.1, (("thorax", -74.8, 303.8), ("thorax", -79.9, 184.4), _L2, ("L4", -47.3, 4.0))),
    ("LTpT R6", ERECTOR, 17.5, (("thorax", -73.6, 282.9), ("thorax", -79.9, 182.5), _L2, _L3, ("L5", -36.2, 16.2))),
    (
        "LTpT R7",
        ERECTOR,
        20.2,
        (("thorax", -79.2, 259.4), ("thorax", -80.3, 181.5), _L2, _L3, _L4, (PELVIS, -131.3, 60.5)),
    ),
    (
        "LTpT R8",
        ERECTOR,
        32.5,
        (("thorax", -79.7, 230.5), ("thorax", -81.3, 180.8), _L2, _L3, _L4, (PELVIS, -142.9, 50.2)),
    ),
    (
        "LTpT R9",
        ERECTOR,
        36.8,
        (("thorax", -80.2, 200.4), ("thorax", -80.8, 178.8), _L2, _L3, _L4, (PELVIS, -165.8, 26.8)),
    ),
    (
        "LTpT R10",
        ERECTOR,
        41.2,
        (("thorax", -79.2, 172.9), _L2, _L3, _L4, (PELVIS, -164.5, 24.6)),
    ),
    (
        "LTpT R11",
        ERECTOR,
        40.1,
        (("thorax", -65.0, 147.7), _L2, _L3, _L4, (PELVIS, -157.6, 30.7)),
    ),
    (
        "LTpT R12",
        ERECTOR,
        35.7,
        (("thorax", -45.0, 121.6), _L2, _L3, _L4, (PELVIS, -144.8, 48.8)),
    ),
    ("RA", RECTUS, 296.8, (("thorax", 88.1, 222.6), (PELVIS, -41.6, -47.5))),
    ("QL crest-L3 a", QUADRATUS, 18.8, (("L3", -29.0, 19.6), (PELVIS, -121.5, 95.3))),
    ("QL crest-L4", QUADRATUS, 24.7, (("L4", -22.0, 26.1), (PELVIS, -111.5, 105.3))),
    ("QL crest-L3 b", QUADRATUS, 9.6, (("L3", -29.0, 19.6), (PELVIS, -111.5, 105.3))),
    ("QL crest-L2 a", QUADRATUS, 17.6, (("L2", -31.0, 12.0), (PELVIS, -111.5, 105.3))),
    ("QL crest-L1", QUADRATUS, 13.1, (("L1", -32.6, 14.9), (PELVIS, -104.8, 111.1))),
    ("QL crest-L2 b", QUADRATUS, 13.4, (("L2", -31.0, 12.0), (PELVIS, -104.8, 111.1))),
    ("QL crest-L3 c", QUADRATUS, 23.5, (("L3", -29.0, 19.6), (PELVIS, -104.8, 111.1))),
    ("QL rib-crest", QUADRATUS, 47.6, (("thorax", -28.0, 122.0), (PELVIS, -106.5, 109.5))),
    ("QL rib-L3", QUADRATUS, 24.7, (("thorax", -41.8, 121.0), ("L3", -29.4, 21.7))),
    ("QL rib-L2", QUADRATUS, 9.8, (("thorax", -41.3, 128.2), ("L2", -29.1, 16.9))),
    ("QL rib-L4", QUADRATUS, 5.6, (("thorax", -41.8, 112.3), ("L4", -21.4, 30.7))),
    ("MF m1s", MULTIFIDUS, 19.2, (("L1", -34.3, -13.1), ("L4", -31.0, 32.4))),
    ("MF m1t1", MULTIFIDUS, 20.6, (("L1", -40.9, -16.0), ("L5", -18.6, 37.0))),
    ("MF m1t2", MULTIFIDUS, 17.3, (("L1", -40.9, -16.0), (PELVIS, -121.4, 84.0))),
    ("MF m1t3", MULTIFIDUS, 29.2, (("L1", -40.9, -16.0), (PELVIS, -144.6, 75.4))),
    ("MF m2s", MULTIFIDUS, 18.9, (("L2", -35.8, -11.8), ("L5", -18.5, 37.7))),
    ("MF m2t1", MULTIFIDUS, 18.4, (("L2", -39.6, -18.4), (PELVIS, -120.8, 85.2))),
    ("MF m2t2", MULTIFIDUS, 48.1, (("L2", -39.6, -18.4), (PELVIS, -147.3, 70.2))),
    ("MF m2t3", MULTIFIDUS, 48.0, (("L2", -38.8, -18.7), (PELVIS, -149.7, 57.0))),
    ("MF m3s", MULTIFIDUS, 26.6, (("L3", -37.2, -6.5), (PELVIS, -121.5, 83.6))),
    ("MF m3t1", MULTIFIDUS, 26.1, (("L3", -43.4, -10.2), (PELVIS, -164.5, 14.0))),
    ("MF m3t2", MULTIFIDUS, 50.6, (("L3", -43.4, -10.2), (PELVIS, -153.9, 32.9))),
    ("MF m4s", MULTIFIDUS, 25.2, (("L4", -35.4, -0.2), (PELVIS, -143.7, 54.7))),
    ("MF m4t1", MULTIFIDUS, 23.3, (("L4", -41.8, 0.2), (PELVIS, -152.2, 41.5))),
    ("MF m4t2", MULTIFIDUS, 23.5, (("L4", -42.8, 0.2), (PELVIS, -162.3, 20.3))),
    ("MF m4t3", MULTIFIDUS, 24.1, (("L4", -44.1, 0.2), (PELVIS, -170.8, 7.8))),
    ("MF m5s", MULTIFIDUS, 11.2, (("L5", -30.2, 15.4), (PELVIS, -130.5, 66.3))),
    ("MF m5t1", MULTIFIDUS, 11.5, (("L5", -35.5, 16.9), (PELVIS, -174.1, 5.2))),
    ("MF m5t2", MULTIFIDUS, 10.9, (("L5", -34.6, 15.9), (PELVIS, -163.1, 25.7))),
    ("MF m5t3", MULTIFIDUS, 12.6, (("L5", -32.8, 15.2), (PELVIS, -152.3, 42.6))),
    ("MF m1l", MULTIFIDUS, 9.2, (("L1", -34.1, -5.6), ("L3", -38.7, 25.3))),
    ("MF m2l", MULTIFIDUS, 10.7, (("L2", -32.9, -5.6), ("L4", -30.6, 33.5))),
    ("MF m3l", MULTIFIDUS, 11.2, (("L3", -35.9, 0.7), ("L5", -18.7, 37.4))),
    ("MF m4l", MULTIFIDUS, 8.0, (("L4", -32.1, 5.8), (PELVIS, -125.4, 77.5))),
    ("MF m5l", MULTIFIDUS, 18.0, (("L5", -25.9, 17.1), (PELVIS, -134.2, 60.1))),
    ("Ps L1", PSOAS, 102.7, (("L1", -10.2, 23.3), (PELVIS, -23.8, -8.0))),
    ("Ps L1 transverse", PSOAS, 32.6, (("L1", -23.3, 14.7), (PELVIS, -23.8, -8.0))),
    ("Ps L1/L2", PSOAS, 59.6, (("L1", -1.3, 3.5), (PELVIS, -23.8, -8.0))),
    ("Ps L2 transverse", PSOAS, 110.1, (("L2", -21.6, 14.6), (PELVIS, -23.8, -8.0))),
    ("Ps L2/L3", PSOAS, 62.4, (("L2", 2.0, 3.4), (PELVIS, -23.8, -8.0))),
    ("Ps L3 transverse", PSOAS, 52.0, (("L3", -24.5, 20.7), (PELVIS, -23.8, -8.0))),
    ("Ps L3/L4", PSOAS, 19.7, (("L3", 1.2, 6.2), (PELVIS, -23.8, -8.0))),
    ("Ps L4 transverse", PSOAS, 89.3, (("L4", -15.6, 24.9), (PELVIS, -23.8, -8.0))),
    ("Ps L4/L5", PSOAS, 42.0, (("L4", 5.4, 3.9), (PELVIS, -23.8, -8.0))),
    ("Ps L5 transverse", PSOAS, 94.3, (("L5", -5.6, 29.1), (PELVIS, -23.8, -8.0))),
    ("Ps L5", PSOAS, 101.7, (("L5", 10.0, 12.4), (PELVIS, -23.8, -8.0))),
)

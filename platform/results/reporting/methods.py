"""The methods paragraphs: software, model, type and definition of the ICC, as Koo and Li 2016 ask for."""

from __future__ import annotations

from results.reporting.blocks import Block, Bullets, Section, paragraph
from results.reporting.front import DEFAULT_FORM
from results.reporting.numbers import ROUNDING
from results.reporting.source import ReportSource

CONSENSUS = {
    "staple": "STAPLE (Warfield et al. 2004, doi:10.1109/TMI.2004.828354)",
    "majority": "a majority vote",
}
REFERENCES = (
    (
        "Bland JM, Altman DG. Measuring agreement in method comparison studies. Stat Methods Med Res "
        "1999;8:135-160. doi:10.1177/096228029900800204"
    ),
    "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.",
    (
        "Koo TK, Li MY. A guideline of selecting and reporting intraclass correlation coefficients for "
        "reliability research. J Chiropr Med 2016;15:155-163. doi:10.1016/j.jcm.2016.02.012"
    ),
    (
        "Lin LI. A concordance correlation coefficient to evaluate reproducibility. Biometrics "
        "1989;45:255-268. doi:10.2307/2532051"
    ),
    (
        "McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol "
        "Methods 1996;1:30-46. doi:10.1037/1082-989X.1.1.30"
    ),
    (
        "Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. Psychol Bull "
        "1979;86:420-428. doi:10.1037/0033-2909.86.2.420"
    ),
)


def methods(source: ReportSource) -> Section:
    """How everything was computed."""
    blocks: list[Block] = [paragraph(_overlap(source), lead="Agreement of label maps.")]
    if source.reliability:
        blocks += [
            paragraph(_reliability(source), lead="Reliability."),
            paragraph(_limits(source), lead="Limits of agreement and tests."),
        ]
    blocks += [
        paragraph(_missing(), lead="Missing data."),
        paragraph(_software(source), lead="Software."),
        paragraph(ROUNDING, lead="Rounding."),
    ]
    return Section("Methods", tuple(blocks), parts=(Section("References", (Bullets(REFERENCES),)),))


def _overlap(source: ReportSource) -> str:
    given = source.parameters
    others = (
        f" Each reader was also held against the consensus of the others, made by {CONSENSUS[given['consensus']]}."
        if any(one["reader_a"] is None for one in source.document["pairs"])
        else ""
    )
    return (
        "Label maps were compared label by label on the grid of the image, with its voxel spacing in mm, for every "
        "pair of "
        f"readings of the same image.{others} Surface distances (Hausdorff; HD95, the 95th percentile; ASSD, the "
        "average "
        "symmetric surface distance) and the normalised surface Dice are taken between the surfaces of the two label "
        "maps; "
        f"the tolerance of the surface Dice was {given['tolerance_mm']:g} mm. A label that neither reader has on an "
        "image is "
        "not compared there; where one of the two lacks it, the Dice is 0 and the distances are undefined. "
        f"Confidence intervals ({source.level_percent}) of means are percentile bootstrap intervals that draw whole "
        f"subjects ({given['resamples']} resamples, seed {given['seed']}), so that several images, labels and pairs "
        "of one "
        "subject are not counted as independent."
    )


def _reliability(source: ReportSource) -> str:
    intra = source.parameters["kind"] == "intra_rater"
    what = "repeated reads of each rater" if intra else "readers"
    return (
        f"Intraclass correlation coefficients (ICC) and their {source.level_percent} confidence intervals were "
        "calculated "
        f"with Radicula {source.document['code_version']}. The default is {DEFAULT_FORM}, Shrout and Fleiss' "
        "ICC(2,1): a "
        f"two-way random-effects model for {what}, single measurement (type), absolute agreement (definition). All "
        "six forms "
        "of McGraw and Wong are tabulated. Reliability is put in Koo and Li's words (below 0.5 poor, 0.5 to 0.75 "
        "moderate, "
        "0.75 to 0.9 good, above 0.9 excellent), judged on the confidence interval and not on the estimate. The "
        "interval "
        "assumes normal effects; a bootstrap interval that draws whole subjects stands beside it. The standard error "
        "of "
        "measurement (SEM) for agreement is √(MSE + (MSC − MSE)/n), for consistency √MSE; the smallest detectable "
        "change "
        "(SDC) is 1.96 √2 SEM; the within-subject coefficient of variation is given for quantities with a true zero "
        "alone."
    )


def _limits(source: ReportSource) -> str:
    return (
        "Bland-Altman analysis: the bias is the mean difference (later reader minus earlier) and the limits of "
        "agreement are "
        f"bias ± 1.96 SD, with {source.level_percent} confidence intervals; a regression of the difference on the "
        "mean tests for "
        "proportional bias. Lin's concordance correlation coefficient (CCC), Pearson's r and Spearman's rank "
        "correlation have "
        f"{source.level_percent} confidence intervals. Paired t and Wilcoxon signed-rank tests are two-sided; p is "
        "corrected by "
        "Holm's procedure over all labels and pairs of one measurement or metric. Friedman's test is used for three "
        "readers or more."
    )


def _missing() -> str:
    return (
        "Nothing is imputed. A missing read is named with its reason under Exclusions; each statistic uses the "
        "images that have "
        "all it needs, and its n is given."
    )


def _software(source: ReportSource) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(source.software.items()))
    return (
        f"Radicula {source.document['code_version']}; {versions}."
        if versions
        else f"Radicula {source.document['code_version']}."
    )

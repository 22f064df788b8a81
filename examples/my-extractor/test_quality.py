"""The gate as a test: pytest --sommet-policy policy.yaml"""

from my_extractor import MyExtractor


def test_quality(extractor_quality):
    extractor_quality(MyExtractor(), "mine")

"""The help centre's articles: how much each is read, and how many readers then write all the same."""

from .ranking import Figure, RankingPane


class ArticlesPane(RankingPane):
    TITLE = "ARTICLES"
    ROLE = "selfserve"
    NOUN = ("article", "articles")
    NAME = "article"
    NOTHING = "No article was read in this period. Try a longer one (3 is the month, 4 the quarter, 5 the year)."
    FIGURES = (
        Figure("selfserve.article_views", "views", 7, words="most viewed first"),
        Figure("selfserve.article_viewers", "readers", 7),
        Figure("selfserve.article_resolution_rate", "resolved", 9, pending=True, words="highest rate first"),
        Figure("article.conversations", "then wrote", 10),
        Figure("selfserve.article_views", "change", 9, change=True, least=76),
    )
    TREND = (14, 92)

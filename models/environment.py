"""Names of environment variables that training and serving must both know; nothing heavy is imported for them."""

LABELS_VARIABLE = "DIEMBAO_LABELS"
CORPORA_VARIABLE = "DIEMBAO_CORPORA"
CACHE_VARIABLE = "DIEMBAO_CACHE"

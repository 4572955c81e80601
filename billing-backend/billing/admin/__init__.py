"""Staff views over everything: what crosses the nouns, or belongs to the plumbing below accounts."""

"""What changed between two versions of a document, or between two runs over many."""

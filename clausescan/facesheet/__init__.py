"""The face-data sheet: what a document says to the questions that app stores ask about face data, in its own words."""

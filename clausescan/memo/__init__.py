"""The review memo: what a partner signs after reading, as DOCX and as HTML for print, in Chinese or English."""

"""The reading of texts into assessments, on made-up texts and the shipped words."""

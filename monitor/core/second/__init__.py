"""What a second reading is worth: which items leave doubt, what of an answer is believed, when a person is asked."""

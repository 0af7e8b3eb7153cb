"""The second reader over an OpenAI-compatible endpoint: what it is asked, how its answer is read.

    Shown -> messages -> Gate -> envelope -> content -> Opinion
                          |         |           |
                          +---------+-----------+---- RequestOutcome

It makes one request at a time and decides nothing. An answer is text that anybody may have had a hand in: it is read by
a closed form, never run, never followed.
"""

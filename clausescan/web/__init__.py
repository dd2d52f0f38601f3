"""The desk of a lawyer: a web application on this machine for documents, findings and decisions about them.

`clausescan serve` starts it. `store` keeps documents and decisions, `jobs` has them read by worker processes that can be
killed, `view` turns a report into what a page shows, `guard` refuses what no page of ours sends, `app` joins them.
"""

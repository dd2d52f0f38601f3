"""The lawyer's desk: a local web application over the database of a run.

    desk       what is on the desk: documents, versions, decisions (a Store with more questions)
    intake     uploads: bytes into content-addressed files, names into labels
    analysis   the thread that feeds the worker processes; `worker` is what runs in them
    layout     how a document is laid out, kept so that it can be shown without reading the file again
    passages   the original as a clause view: blocks, tables, footnotes, with the evidence marked
    shown      findings as the page shows them
    review     decisions: by whom, about what, conflicts, "text changed since"
    export     annotated original, memo, workbook, JSON, labelled clauses
    guard      hosts, origins, tokens, headers, limits
    app        addresses and pages

Everything that a document, a name or a note says is data: templates escape it, scripts are files of ours, and the content security
policy of every answer allows nothing else. Nothing is requested from anywhere but this server.
"""

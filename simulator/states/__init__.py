"""The Amazon States Language (JSONPath mode), one file a noun.

It knows nothing of AWS clients, files or the terminal: it takes a definition, an input, a clock, what a Task may call,
how a Distributed Map is run, and a listener. States Language: https://states-language.net/spec.html
"""

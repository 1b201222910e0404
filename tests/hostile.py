"""Files and words that several tests send: a picture, and what somebody hostile would type."""

from __future__ import annotations

from tocsin.demo import pictures

GRAPH = pictures.graph([0.1, 0.9, 0.4], 1)
"""560 by 180 pixels."""

NASTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    '<https://ok.example/"onmouseover=alert(1)>',
    'https://ok.example/"onmouseover="alert(1)',
    "[a]: javascript:alert(1)\n\n[a]",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example>",
    "<style>@import '//evil.example'</style>",
    "`<script>`alert(1)",
    "```html\n<script>alert(1)</script>\n```",
    "&#x6a;avascript:alert(1)",
    "[x](jAvAsCrIpT&colon;alert(1))",
    '<a href="https://x" style="position:fixed">x</a>',
    '<!--<img src="--><img src=x onerror=alert(1)//">',
)

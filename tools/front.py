"""Prepares the front-end materials: run after `npm ci`.

Copies htmx and the font files from node_modules to src/voronka/kit/static/vendor, builds one style sheet from
src/voronka/kit/styles/voronka.css (the kit in its own cascade layer, our sheets above it) and one icon sprite
from the names in src/voronka/kit/icons.txt. The script of
other people's sites is bundled by esbuild. Plain Python otherwise, no packages.

    python tools/front.py           everything
    python tools/front.py --check   fails when a template, module or page names an icon that is not in icons.txt
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
KIT = ROOT / "src" / "voronka" / "kit"
CSS = KIT / "styles"
VENDOR = KIT / "static" / "vendor"
GOLOS = NODE / "@fontsource-variable" / "golos-text"
SUBSETS = ("latin", "latin-ext", "cyrillic")
LOADED_FIRST = ("latin", "cyrillic")
# Fonts of printed papers, embedded in every PDF: static faces, since Typst takes no variable ones.
PAPER_FONTS = NODE / "@expo-google-fonts"
PAPER_FACES = (
    "golos-text/400Regular/GolosText_400Regular.ttf",
    "golos-text/600SemiBold/GolosText_600SemiBold.ttf",
    "pt-sans/400Regular/PTSans_400Regular.ttf",
    "pt-sans/400Regular_Italic/PTSans_400Regular_Italic.ttf",
    "pt-sans/700Bold/PTSans_700Bold.ttf",
)
PAPERS = ROOT / "src" / "voronka" / "kit" / "fonts"
SITE = ROOT / "src" / "voronka" / "site"
ESBUILD = NODE / "esbuild" / "bin" / "esbuild"


def main() -> int:
    """Builds all, or checks the icons; returns the exit code."""
    if "--check" in sys.argv:
        return check_icons()
    if not NODE.is_dir():
        sys.stderr.write("node_modules is missing: run `npm ci` first\n")
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(NODE / "htmx.org" / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")
    for subset in SUBSETS:
        name = f"golos-text-{subset}-wght-normal.woff2"
        shutil.copyfile(GOLOS / "files" / name, VENDOR / f"golos-{subset}.woff2")
    PAPERS.mkdir(parents=True, exist_ok=True)
    for face in PAPER_FACES:
        shutil.copyfile(PAPER_FONTS / face, PAPERS / face.rsplit("/", 1)[-1])
    write(VENDOR / "voronka.css", style_sheet())
    write(VENDOR / "icons.svg", sprite(icon_names()))
    (SITE / "built").mkdir(exist_ok=True)
    write(SITE / "built" / "w.js", bundle("core.js"))
    write(SITE / "built" / "tracker.js", bundle("tracker.js"))
    (SITE / "built" / "modules").mkdir(exist_ok=True)
    for module in sorted((SITE / "script" / "modules").glob("*.js")):
        write(SITE / "built" / "modules" / module.name, bundle(f"modules/{module.name}", shape="esm"))
    return 0


def write(path: Path, text: str) -> None:
    """Writes a file only when its text is new, so that caches by date stay warm."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def bundle(name: str, *, shape: str = "iife") -> str:
    """A script of other people's sites with all it imports, in one file, without a byte that nobody needs.

    The tracker stands alone as well only so that a test can weigh it.
    """
    options = ("--bundle", "--minify", "--target=es2020", f"--format={shape}", "--log-level=error")
    command = [node(), str(ESBUILD), name, *options]
    made = subprocess.run(command, cwd=SITE / "script", check=True, capture_output=True, text=True)
    return made.stdout


def node() -> str:
    """Node of the machine, else the one of the Python environment."""
    return shutil.which("node") or str(Path(sys.executable).parent / "node")


def style_sheet() -> str:
    """The entry sheet with every import put in its place."""
    entry = (CSS / "voronka.css").read_text(encoding="utf-8")
    parts = ["@layer kit, tokens, base, parts, pages;"]
    for name in re.findall(r'@import url\("([^"]+)"\)', entry):
        if name.startswith("tabler"):
            parts.append(f"@layer kit{{{tabler()}}}")
        elif name.startswith("golos"):
            parts.append(font_faces())
        else:
            parts.append(squeeze((CSS / name).read_text(encoding="utf-8")))
    return "\n".join(parts) + "\n"


def tabler() -> str:
    """What the kit says of bare elements, without its byte mark, charset and pointer to a map.

    Our pages are made of classes of our own, so the kit's rules for classes never match, and they are nine tenths of
    it: every browser would read them and try them at every change of a page.
    """
    text = (NODE / "@tabler" / "core" / "dist" / "css" / "tabler.min.css").read_text(encoding="utf-8-sig")
    text = re.sub(r'@charset "[^"]*";|/\*#.*?\*/|/\*!.*?\*/', "", text, flags=re.DOTALL)
    foreign = re.findall(r"@import[^;]+;|url\(https?:[^)]+\)", text)
    if foreign:
        raise SystemExit(f"tabler asks foreign hosts: {foreign[:3]}")
    ours = "".join(sheet.read_text(encoding="utf-8") for sheet in CSS.glob("*.css"))
    return only_used(of_elements(text), ours).strip()


RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# What our pages have none of: the kit's classes, attributes of its scripts and of its date picker.
FOREIGN = re.compile(r"\.-?[A-Za-z_]|\[data-(?:bs-(?!theme)|vc)")


def of_elements(css: str) -> str:
    """The rules of a squeezed sheet that may match an element of our pages."""
    css = RULE.sub(lambda rule: of_ours(rule[1], rule[2]), css)
    return re.sub(r"@(?:media|supports)[^{}]+\{\}", "", css)


def of_ours(selectors: str, body: str) -> str:
    """A rule with those of its selectors that ask for nothing foreign; "" when there are none."""
    left = [one for one in listed(selectors) if not FOREIGN.search(asked_for(one))]
    return ",".join(left) + "{" + body + "}" if left else ""


def listed(selectors: str) -> list[str]:
    """The selectors between those commas that stand in no brackets."""
    found, depth = [""], 0
    for letter in selectors:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return found


def asked_for(selector: str) -> str:
    """A selector without what an element is told not to be."""
    text, within = "", []
    for part in re.split(r"(:not\(|\(|\))", selector):
        if part.endswith("("):
            within.append(part == ":not(")
        elif part == ")":
            within.pop()
        elif not any(within):
            text += part
    return text


VARIABLE = re.compile(r'(--[\w-]+):(?:"[^"]*"|[^;{}"])*(?:;|(?=\}))')
MOTION = re.compile(r"@keyframes ([\w-]+)\{(?:[^{}]+\{[^{}]*\})*\}")


def only_used(css: str, beside: str) -> str:
    """The sheet without variables and motions that neither it nor what stands beside it asks for."""
    names = asked_names(css + beside)
    left = MOTION.sub(lambda one: one[0] if one[1] in names else "", css)
    left = VARIABLE.sub(lambda one: one[0] if one[1] in names else "", left)
    left = RULE.sub(lambda rule: rule[0] if rule[2] else "", left)
    return css if left == css else only_used(left, beside)


def asked_names(css: str) -> set[str]:
    """The variables and motions that rules ask for."""
    moved = " ".join(re.findall(r"animation(?:-name)?:([^;}]+)", css))
    return {*re.findall(r"var\(\s*(--[\w-]+)", css), *re.findall(r"[\w-]+", moved)}


def font_faces() -> str:
    """Golos Text by subset, ranges as its package declares them."""
    index = (GOLOS / "index.css").read_text(encoding="utf-8")
    faces = []
    for subset in SUBSETS:
        body = re.search(rf"/\* golos-text-{subset}-wght-normal \*/\s*@font-face {{(.*?)}}", index, re.DOTALL)
        if not body:
            raise SystemExit(f"golos-text has no subset {subset}")
        text = re.sub(
            r"src: url\([^)]*\) format\('[^']*'\)", f'src: url("golos-{subset}.woff2") format("woff2")', body[1]
        )
        faces.append("@font-face{" + re.sub(r"\s*\n\s*", "", text) + "}")
    return "\n".join(faces)


def squeeze(css: str) -> str:
    """Without comments and indentation; nothing cleverer."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\n\s*", "\n", css).strip()


def icon_names() -> list[str]:
    """Names in icons.txt, one a line, `#` begins a comment."""
    lines = (KIT / "icons.txt").read_text(encoding="utf-8").splitlines()
    return sorted({line.split("#")[0].strip() for line in lines} - {""})


def sprite(names: list[str]) -> str:
    """Symbols `i-NAME`; names that end in -filled come from the filled set."""
    symbols = []
    for name in names:
        filled = name.endswith("-filled")
        path = (
            NODE
            / "@tabler"
            / "icons"
            / "icons"
            / ("filled" if filled else "outline")
            / (f"{name.removesuffix('-filled')}.svg" if filled else f"{name}.svg")
        )
        if not path.exists():
            raise SystemExit(f"no icon {name} in @tabler/icons")
        inner = re.sub(r"<!--.*?-->|^\s*<svg[^>]*>|</svg>\s*$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        inner = re.sub(r"^\s*<svg[^>]*>", "", inner)
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
        inner = re.sub(r"\s+", " ", inner).strip()
        paint = ' fill="currentColor" stroke="none"' if filled else ""
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24"{paint}>{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


USES = re.compile(r'{% icon "([\w-]+)"|(?<![:\w-])icon="([\w-]+)"|\bicon(?:=|": ?)"([\w-]+)"|#i-([\w-]+)')


def check_icons() -> int:
    """Every icon named as a literal in templates, scripts and Python must be in the list."""
    known, missing = set(icon_names()), []
    for pattern in ("*.html", "*.js", "*.py"):
        for path in (ROOT / "src").rglob(pattern):
            if "vendor" in path.parts or "tests" in path.parts:
                continue
            for match in USES.finditer(path.read_text(encoding="utf-8")):
                name = next(group for group in match.groups() if group)
                if name not in known:
                    missing.append(f"{path.relative_to(ROOT)}: {name}")
    for line in missing:
        sys.stderr.write(f"{line}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

"""Six languages: how each publishes a package, names a registry and loads what was installed.

The package is a client of our own. Its name is no name of a real one. It has one constant.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
import base64
from contextlib import suppress
import hashlib
import io
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tarfile
import textwrap
from typing import ClassVar, Final
import zipfile

from .server import PASSWORD, USER, RegistryServer

MISSING: Final = "conform-missing"
"""A package that no registry has."""


class Ecosystem(ABC):
    """The package manager of one language, with everything of the user in a folder of the test."""

    name: ClassVar[str]
    installer: ClassVar[str]
    package: ClassVar[str] = "conform-toy"
    programs: ClassVar[tuple[str, ...]]
    runtime: ClassVar[str]
    entry: ClassVar[str]
    """A file that every checkout has."""
    prerelease: ClassVar[str] = "2.0.0-beta.1"
    missing: ClassVar[str] = MISSING
    resolves: ClassVar[bool] = True
    """Whether the dependencies are installed with a release."""
    sends_credentials: ClassVar[bool] = True
    """Whether the client sends credentials without TLS."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self.folder = folder
        self.shared = shared
        self.home = folder / "home"
        self.home.mkdir()
        self.build = ""

    @abstractmethod
    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        """Put a release into the registry, whose constant is ``published VERSION``."""

    def open_registry(self, server: RegistryServer) -> None:
        """Put into the registry what it has without any package."""
        assert server.folder.is_dir()

    @abstractmethod
    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        """Write the source of the package."""

    @abstractmethod
    def environment(self, url: str) -> dict[str, str]:
        """The variables that name the registry."""

    @abstractmethod
    def configure(self, server: RegistryServer) -> dict[str, str]:
        """Write the user's own settings, with credentials; the variables that only a test needs."""

    @abstractmethod
    def constant(self, sdk: Path) -> str:
        """The constant of what was installed, as a program sees it."""

    def manifest(self) -> str:
        """The text of ``adapter.toml``."""
        build = self.build if self.name == "go" else ""
        return build + textwrap.dedent(f"""\
            [adapter]
            name = "toy"
            language = "{self.name}"
            [sdk]
            package = "{self.package}"
            installer = "{self.installer}"
            registry = "the usual registry"
            repository = "toys/toy"
            [checkout]
            contains = "{self.entry}"
            [start]
            command = ["{{python}}"]
            [naming]
            resource = "snake"
            operation = "snake"
            attribute = "snake"
            [[requires]]
            program = "{self.runtime}"
            version = ["{"version" if self.name == "go" else "--version"}"]
            minimum = "1"
            [requires.get]
            any = "get it"
            """)


def said(*command: str | Path, **environment: str) -> str:
    """What a program prints."""
    words = [str(word) for word in command]
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment}
    finished = subprocess.run(words, capture_output=True, text=True, env=clean, check=False)
    assert finished.returncode == 0, finished.stderr + finished.stdout
    return finished.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files; a missing folder is made."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def archive(files: dict[str, str]) -> bytes:
    """A zip file."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return into.getvalue()


def put(path: Path, content: bytes, *, damaged: bool) -> bytes:
    """Write an archive, or only the first quarter of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = content[: len(content) // 4] if damaged else content
    path.write_bytes(content)
    return content


BACKEND: Final = """
import os, re, zipfile
def build_wheel(folder, *_):
    version = re.search('version = "(.*)"', open("pyproject.toml").read())[1]
    name = f"conform_toy-{version}"
    with zipfile.ZipFile(f"{folder}/{name}-py3-none-any.whl", "w") as wheel:
        wheel.write("conform_toy.py")
        wheel.writestr(f"{name}.dist-info/METADATA",
            f"Metadata-Version: 2.1\\nName: conform-toy\\nVersion: {version}\\n")
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    return f"{name}-py3-none-any.whl"
"""


class Python(Ecosystem):
    """uv, with a simple index."""

    name = "python"
    installer = "uv"
    programs = ()
    runtime = "{python}"
    entry = "conform_toy.py"
    prerelease = "2.0.0b1"

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        name = f"conform_toy-{version}"
        requires = f"Requires-Dist: {needs}>=5\n" if needs else ""
        wheel = archive(
            {
                "conform_toy.py": f'CONSTANT = "published {version}"\n',
                f"{name}.dist-info/METADATA": "Metadata-Version: 2.1\nName: conform-toy\n"
                f"Version: {version}\n{requires}",
                f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
                f"{name}.dist-info/RECORD": "",
            }
        )
        project = server.folder / "simple" / "conform-toy"
        put(project / f"{name}-py3-none-any.whl", wheel, damaged=damaged)
        links = (
            f'<a href="/simple/conform-toy/{each.name}">{each.name}</a>'
            for each in sorted(project.glob("*.whl"))
        )
        (project / "index.html").write_text("<!DOCTYPE html>" + "\n".join(links))

    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        project = f'[project]\nname = "conform-toy"\nversion = "{version}"\n'
        build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        files = {"pyproject.toml": project + build, "backend.py": BACKEND}
        write(folder, {**files, "conform_toy.py": f'CONSTANT = "{constant}"\n'})

    def environment(self, url: str) -> dict[str, str]:
        return {"UV_DEFAULT_INDEX": f"{url}/simple", **self._bounds()}

    def configure(self, server: RegistryServer) -> dict[str, str]:
        index = f'[[index]]\nurl = "{server.url_with_credentials}/simple"\ndefault = true\n'
        write(self.home, {".config/uv/uv.toml": index})
        return self._bounds()

    def _bounds(self) -> dict[str, str]:
        cache = str(self.folder / "uv")
        return {"UV_CACHE_DIR": cache, "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "2"}

    def constant(self, sdk: Path) -> str:
        program = "import sys; sys.path[:0] = sys.argv[1:]; import conform_toy as toy"
        return said(sys.executable, "-I", "-S", "-c", f"{program}; print(toy.CONSTANT)", sdk)


class JavaScript(Ecosystem):
    """npm, with a registry of tarballs."""

    name = "javascript"
    installer = "npm"
    programs = ("node", "npm")
    runtime = "node"
    entry = "package.json"

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        about = self._about(version, needs)
        into = io.BytesIO()
        constant = f'exports.constant = "published {version}"'
        with tarfile.open(fileobj=into, mode="w:gz") as packed:
            for name, text in {"package.json": json.dumps(about), "lib/Toy.js": constant}.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(text)
                packed.addfile(entry, io.BytesIO(text.encode()))
        folder = server.folder / self.package
        name = f"{self.package}-{version}.tgz"
        content = put(folder / "-" / name, into.getvalue(), damaged=damaged)
        index = folder / "index.json"
        known = json.loads(index.read_text()) if index.exists() else {"versions": {}}
        checksum = base64.b64encode(hashlib.sha512(content).digest()).decode()
        tarball = {"tarball": f"{server.url}/{self.package}/-/{name}"}
        known["versions"][version] = {
            **about,
            "dist": {**tarball, "integrity": f"sha512-{checksum}"},
        }
        usual = [each for each in known["versions"] if "-" not in each]
        known |= {"name": self.package, "dist-tags": {"latest": max(usual, default=version)}}
        index.write_text(json.dumps(known))

    def _about(self, version: str, needs: str = "") -> dict[str, object]:
        dependencies = {needs: ">=5"} if needs else {}
        named = {"name": self.package, "version": version, "main": "lib/Toy.js"}
        return {**named, "dependencies": dependencies}

    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        compiled = f'exports.constant = "{constant}"'
        write(folder, {"package.json": json.dumps(self._about(version)), "lib/Toy.js": compiled})

    def environment(self, url: str) -> dict[str, str]:
        return {"npm_config_registry": f"{url}/", **self._bounds()}

    def configure(self, server: RegistryServer) -> dict[str, str]:
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        host = f"//127.0.0.1:{server.server_port}/"
        write(self.home, {".npmrc": f"registry={server.url}/\n{host}:_auth={credentials}\n"})
        return self._bounds()

    def _bounds(self) -> dict[str, str]:
        bounds = {"npm_config_fetch_retries": "0", "npm_config_fetch_timeout": "2000"}
        return {**bounds, "npm_config_cache": str(self.folder / "npm")}

    def constant(self, sdk: Path) -> str:
        program = f'console.log(require("{sdk}/node_modules/conform-toy").constant)'
        return said("node", "-e", program)


GEMSPEC: Final = """\
Gem::Specification.new do |gem|
  gem.name = "conform-toy"
  gem.version = {version!r}
  gem.summary = "A toy"
  gem.authors = ["Us"]
  gem.files = ["lib/conform_toy.rb"]
  {needs}
end
"""


class Ruby(Ecosystem):
    """gem, with an index that ``gem generate_index`` made."""

    name = "ruby"
    installer = "gem"
    programs = ("ruby", "gem")
    runtime = "ruby"
    entry = "lib/conform_toy.rb"
    prerelease = "2.0.0.beta.1"

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        source = self.folder / "gems" / version
        self.write_checkout(source, version, f"published {version}", needs)
        gem = server.folder / "gems" / f"conform-toy-{version}.gem"
        said("gem", "build", "--silent", "-C", source, "conform-toy.gemspec", "--output", gem)
        self._index(server.folder)
        put(gem, gem.read_bytes(), damaged=damaged)

    def open_registry(self, server: RegistryServer) -> None:
        (server.folder / "gems").mkdir()
        self._index(server.folder)

    def _index(self, folder: Path) -> None:
        said("gem", "generate_index", "--silent", "--directory", folder)

    def write_checkout(self, folder: Path, version: str, constant: str, needs: str = "") -> None:
        add = f'gem.add_dependency "{needs}", ">= 5"' if needs else ""
        files = {"conform-toy.gemspec": GEMSPEC.format(version=version, needs=add)}
        files["lib/conform_toy.rb"] = f'module ConformToy\n  CONSTANT = "{constant}"\nend\n'
        write(folder, files)

    def environment(self, url: str) -> dict[str, str]:
        write(self.folder, {"gemrc": f":sources:\n- {url}/\n"})
        return {"GEMRC": str(self.folder / "gemrc")}

    def configure(self, server: RegistryServer) -> dict[str, str]:
        write(self.home, {".gemrc": f":sources:\n- {server.url_with_credentials}/\n"})
        return {}

    def constant(self, sdk: Path) -> str:
        program = 'gem "conform-toy"; require "conform_toy"; puts ConformToy::CONSTANT'
        return said("ruby", "-e", program, GEM_PATH=str(sdk))


class Php(Ecosystem):
    """composer, with a repository of archives."""

    name = "php"
    installer = "composer"
    package = "conform/toy"
    programs = ("php", "composer")
    runtime = "php"
    entry = "lib/Toy.php"
    missing = "conform/missing"

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        about = self._about(needs)
        files = {"lib/Toy.php": self._toy(f"published {version}")}
        packed = archive({**files, "composer.json": json.dumps(about)})
        name = f"dist/{version}.zip"
        put(server.folder / name, packed, damaged=damaged)
        index = server.folder / "packages.json"
        known = json.loads(index.read_text())
        dist = {"type": "zip", "url": f"{server.url}/{name}"}
        known["packages"].setdefault(self.package, {})[version] = {
            **about,
            "version": version,
            "dist": dist,
        }
        index.write_text(json.dumps(known))

    def open_registry(self, server: RegistryServer) -> None:
        write(server.folder, {"packages.json": '{"packages": {"conform/other": {}}}'})

    def _about(self, needs: str = "") -> dict[str, object]:
        require = {needs: ">=5"} if needs else {"php": ">=7"}
        autoload = {"psr-4": {"Toy\\": "lib/"}}
        return {"name": self.package, "require": require, "autoload": autoload}

    def _toy(self, constant: str) -> str:
        return f"<?php\n\nnamespace Toy;\n\nclass Toy\n{{\n    const IS = '{constant}';\n}}\n"

    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        about = {**self._about(), **({"version": version} if version else {})}
        write(folder, {"composer.json": json.dumps(about), "lib/Toy.php": self._toy(constant)})

    def environment(self, url: str) -> dict[str, str]:
        write(self.folder, {"composer/config.json": self._config(url)})
        return {"COMPOSER_HOME": str(self.folder / "composer"), **self._bounds()}

    def configure(self, server: RegistryServer) -> dict[str, str]:
        credentials = {"username": USER, "password": PASSWORD}
        host = f"127.0.0.1:{server.server_port}"
        auth = {"http-basic": {host: credentials}}
        place = ".config/composer"
        files = {"config.json": self._config(server.url), "auth.json": json.dumps(auth)}
        write(self.home / place, files)
        # Without it, composer of an older user takes ~/.composer.
        return {"XDG_CONFIG_HOME": str(self.home / ".config"), **self._bounds()}

    def _bounds(self) -> dict[str, str]:
        return {"COMPOSER_CACHE_DIR": str(self.folder / "composer-cache")}

    def _config(self, url: str) -> str:
        repositories = [{"type": "composer", "url": url}, {"packagist.org": False}]
        return json.dumps({"repositories": repositories, "config": {"secure-http": False}})

    def constant(self, sdk: Path) -> str:
        return said("php", "-r", f'require "{sdk}/vendor/autoload.php"; echo Toy\\Toy::IS;')


class Go(Ecosystem):
    """go, with the files of a module proxy."""

    name = "go"
    installer = "go"
    package = "example.invalid/conform/toy"
    programs = ("go",)
    runtime = "go"
    entry = "toy.go"
    prerelease = "1.2.0-beta.1"
    missing = "example.invalid/conform/missing"
    resolves = False
    sends_credentials = False

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        folder = server.folder / self.package / "@v"
        source = self._source(f"published {version}", needs)
        inside = {f"{self.package}@v{version}/{name}": text for name, text in source.items()}
        put(folder / f"v{version}.zip", archive(inside), damaged=damaged)
        write(folder, {f"v{version}.mod": source["go.mod"]})
        write(folder, {f"v{version}.info": json.dumps({"Version": f"v{version}"})})
        versions = sorted(each.stem for each in folder.glob("*.mod"))
        write(folder, {"list": "\n".join(versions)})

    def _source(self, constant: str, needs: str = "") -> dict[str, str]:
        require = f"require {needs} v1.0.0\n" if needs else ""
        uses = f'import _ "{needs}"\n' if needs else ""
        text = f'package toy\n\n{uses}\nconst Constant = "{constant}"\n'
        return {"go.mod": f"module {self.package}\n\ngo 1.20\n\n{require}", "toy.go": text}

    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        write(folder, {**self._source(constant), "_VERSION": version})

    def environment(self, url: str) -> dict[str, str]:
        return {"GOPROXY": url, **self._bounds()}

    def configure(self, server: RegistryServer) -> dict[str, str]:
        settings = f"GOPROXY={server.url}\nGOSUMDB=off\n"
        write(self.home, {".config/go/env": settings})
        bounds = self._bounds()
        del bounds["GOSUMDB"]
        return bounds

    def _bounds(self) -> dict[str, str]:
        cache = {"GOMODCACHE": str(self.folder / "go"), "GOFLAGS": "-modcacherw"}
        return {"GOSUMDB": "off", **cache}

    def constant(self, sdk: Path) -> str:
        [found] = re.findall(r'Constant = "(.*)"', (sdk / "toy.go").read_text())
        assert isinstance(found, str)
        return found


PLUGINS: Final = Path.home() / ".m2" / "repository"
"""Where this machine has the plugins of Maven, which no test changes."""

POM: Final = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>invalid.conform</groupId>
  <artifactId>toy</artifactId>
  <version>{version}</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
  </properties>
  <dependencies>{needs}</dependencies>
</project>
"""
NEEDS: Final = (
    "<dependency><groupId>invalid.conform</groupId><artifactId>missing</artifactId>"
    "<version>5</version></dependency>"
)
SETTINGS: Final = """\
<settings>
  <localRepository>{local}</localRepository>
  <profiles>
    <profile>
      <id>ours</id>
      <repositories><repository><id>central</id><url>{url}</url></repository></repositories>
      <pluginRepositories>
        <pluginRepository><id>central</id><url>{url}</url></pluginRepository>
      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>ours</activeProfile></activeProfiles>
  <servers>
    <server><id>central</id><username>{user}</username><password>{password}</password></server>
  </servers>
</settings>
"""


class Java(Ecosystem):
    """Maven, with a repository of files."""

    name = "java"
    installer = "maven"
    package = "invalid.conform:toy"
    programs = ("java", "javac", "mvn")
    runtime = "java"
    entry = "pom.xml"
    missing = "invalid.conform:missing"

    def publish(
        self, server: RegistryServer, version: str, *, needs: str = "", damaged: bool = False
    ) -> None:
        folder = server.folder / "invalid/conform/toy"
        properties = f"version={version}\ngroupId=invalid.conform\nartifactId=toy\n"
        inside = {"META-INF/maven/invalid.conform/toy/pom.properties": properties}
        packed = archive({**inside, "constant.txt": f"published {version}"})
        stem = folder / version / f"toy-{version}"
        jar = put(stem.with_name(stem.name + ".jar"), packed, damaged=damaged)
        pom = POM.format(version=version, needs=NEEDS if needs else "").encode()
        put(stem.with_name(stem.name + ".pom"), pom, damaged=False)
        for name, content in ((".jar", jar), (".pom", pom)):
            checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            stem.with_name(f"{stem.name}{name}.sha1").write_text(checksum)
        versions = sorted(each.name for each in folder.iterdir() if each.is_dir())
        newest = max(each for each in versions if "-" not in each or len(versions) == 1)
        listed = "".join(f"<version>{each}</version>" for each in versions)
        write(
            folder,
            {
                "maven-metadata.xml": "<metadata><groupId>invalid.conform</groupId>"
                f"<artifactId>toy</artifactId><versioning><latest>{versions[-1]}</latest>"
                f"<release>{newest}</release><versions>{listed}</versions></versioning></metadata>"
            },
        )

    def write_checkout(self, folder: Path, version: str, constant: str) -> None:
        write(folder, {"pom.xml": POM.format(version=version, needs=""), "_VERSION": version})
        write(folder, {"src/main/resources/constant.txt": constant})

    def environment(self, url: str) -> dict[str, str]:
        return self._settings(url, "nobody", "nothing")

    def configure(self, server: RegistryServer) -> dict[str, str]:
        return self._settings(server.url, USER, PASSWORD)

    def _settings(self, url: str, user: str, password: str) -> dict[str, str]:
        # The plugins are the same for all tests; the package is not.
        local = self.shared / "m2"
        shutil.rmtree(local / "invalid", ignore_errors=True)
        if not local.exists():
            shutil.copytree(PLUGINS, local, copy_function=_share)
        settings = SETTINGS.format(local=local, url=url, user=user, password=password)
        write(self.home, {".m2/settings.xml": settings})
        # Java takes the home of the user from the system, not from HOME.
        return {"MAVEN_OPTS": f"-Duser.home={self.home} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}

    def constant(self, sdk: Path) -> str:
        [jar] = sdk.glob("toy-*.jar")
        with zipfile.ZipFile(jar) as content:
            return content.read("constant.txt").decode()


def _share(source: str, target: str) -> None:
    """Link what Maven does not change, and copy the rest."""
    if source.endswith((".jar", ".pom")):
        with suppress(OSError):  # The other folder can be on another disk.
            os.link(source, target)
            return
    shutil.copyfile(source, target)


ECOSYSTEMS: Final = (Python, JavaScript, Ruby, Php, Go, Java)


def absent(ecosystem: type[Ecosystem]) -> list[str]:
    """The programs that this machine lacks."""
    return [each for each in ecosystem.programs if shutil.which(each) is None]

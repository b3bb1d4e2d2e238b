import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { DENIED, GatedSession, ONCE, REMEMBERED } from './gated.ts';
import { interpreters } from './session.ts';

interface Operation {
  readonly code: string;
  /** `category operation target`; E is the folder beside the workspace. */
  readonly asks: readonly string[];
}

/** One of each category: what is asked for it is asked once, and it raises PermissionError when it is denied. */
const OPERATIONS: Record<string, Operation> = {
  'read: open': { code: 'open(elsewhere + "/secret.txt").read()', asks: ['read open E/secret.txt'] },
  'read: os.listdir': { code: 'import os; os.listdir(elsewhere)', asks: ['read os.listdir E'] },
  'write: open': { code: 'open(elsewhere + "/new.txt", "w").close()', asks: ['write open E/new.txt'] },
  'write: os.mkdir': { code: 'import os; os.mkdir(elsewhere + "/made")', asks: ['write os.mkdir E/made'] },
  'write: shutil.copy2': {
    code: 'import shutil; shutil.copy2("own.txt", elsewhere + "/copy.txt")',
    asks: ['write open E/copy.txt'],
  },
  'delete: os.remove': { code: 'import os; os.remove(elsewhere + "/old.txt")', asks: ['delete os.remove E/old.txt'] },
  'delete: shutil.rmtree': {
    code: 'import shutil; shutil.rmtree(elsewhere + "/tree")',
    asks: ['delete shutil.rmtree E/tree'],
  },
  'network: connect': {
    code: 'import socket\nwith socket.socket() as s:\n  s.connect_ex(("127.0.0.1", 9))',
    asks: ['network socket.connect 127.0.0.1:9'],
  },
  'network: bind': {
    code: 'import socket\nwith socket.socket() as s:\n  s.bind(("127.0.0.1", 0))',
    asks: ['network socket.bind 127.0.0.1:0'],
  },
  'network: sendto': {
    code: 'import socket\nwith socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:\n  s.sendto(b"x", ("127.0.0.1", 9))',
    asks: ['network socket.sendto 127.0.0.1:9'],
  },
  'network: the name of an address': {
    code: 'import socket; socket.gethostbyaddr("127.0.0.1")',
    asks: ['network socket.gethostbyaddr 127.0.0.1:null'],
  },
  'network: the name of a service': {
    code: 'import socket; socket.getnameinfo(("127.0.0.1", 9), 0)',
    asks: ['network socket.getnameinfo 127.0.0.1:null'],
  },
  'subprocess: run': { code: 'import subprocess; subprocess.run(["true"])', asks: ['subprocess subprocess /bin/true'] },
  'subprocess: os.system': { code: 'import os; os.system("exit 0")', asks: ['subprocess os.system /bin/sh -c exit 0'] },
  'subprocess: os.posix_spawn': {
    code: 'import os; os.waitpid(os.posix_spawn("/bin/sh", ["ls", "-c", "exit 0"], {}), 0)',
    asks: ['subprocess os.posix_spawn /bin/sh -c exit 0'],
  },
  'subprocess: os.spawnv': {
    code: 'import os; os.spawnv(os.P_WAIT, "/bin/true", ["true"])',
    asks: ['subprocess os.spawn /bin/true'],
  },
  'subprocess: pty.spawn': { code: 'import pty; pty.spawn(["true"])', asks: ['subprocess pty.spawn /bin/true'] },
  'environment: os.environ': { code: 'import os; os.environ["HOME"]', asks: ['environment os.environ HOME'] },
  'environment: all of it': { code: 'import os; dict(os.environ)', asks: ['environment os.environ null'] },
  'environment: os.putenv': { code: 'import os; os.environ["NEW"] = "1"', asks: ['environment os.putenv NEW'] },
  'native: a library': {
    code: 'import ctypes; ctypes.CDLL(elsewhere + "/none.so")',
    asks: ['native ctypes.dlopen E/none.so'],
  },
  'native: C functions': {
    code: 'import ctypes; ctypes.CDLL(None).getpid()',
    asks: [`native ctypes: getpid PYTHON`],
  },
};

/** Linux has files without a name. */
const TEMPORARY = process.platform === 'linux' ? 'write os.open E' : 'write os.open E/NAME';

const PREPARE =
  'import os\nos.makedirs(elsewhere + "/tree/a/b", exist_ok=True)\nfor name in ("old.txt", "tree/a/1", "tree/a/b/2"):\n  open(elsewhere + "/" + name, "w").close()';

for (const interpreter of await interpreters()) {
  describe(`consent gate on Python ${interpreter.version}`, () => {
    let gated: GatedSession;
    before(async () => {
      gated = await GatedSession.start(interpreter);
    });
    after(() => gated.stop());

    /** Files for the operations, made while nothing is asked for. */
    async function prepare(): Promise<void> {
      gated.policy({ asks: [] });
      const { error } = await gated.run(PREPARE);
      assert.equal(error, null);
      gated.policy({});
    }

    const told = () =>
      gated.questions.map(({ category, operation, target }) =>
        `${category} ${operation} ${target}`
          .replaceAll(gated.elsewhere, 'E')
          .replaceAll(gated.workspace, 'W')
          .replace(interpreter.path, 'PYTHON')
          .replace('/usr/bin/', '/bin/'),
      );

    describe('each kind of operation', () => {
      beforeEach(prepare);

      for (const [name, { code, asks }] of Object.entries(OPERATIONS)) {
        it(`${name} is asked for once, with the line that does it`, async () => {
          await gated.run(code, ONCE);
          assert.deepEqual(told(), asks);
          assert.equal(gated.questions[0]?.location?.file, `${gated.workspace}/cell.py`);
        });

        it(`${name} is a PermissionError when it is denied`, async () => {
          const { error } = await gated.run(code, DENIED);
          assert.deepEqual(
            [error?.name, error?.message],
            ['PermissionError', 'It was denied by the test. Ask the test.'],
          );
          assert.deepEqual(told(), asks);
          assert.equal(
            error?.frames.length,
            error?.frames.filter(({ file }) => !file?.includes('holdfast_worker')).length,
          );
        });

        it(`${name} is asked for again after a cancel ended its question`, async () => {
          const asked = new Promise<void>((resolve) => {
            gated.answer = () => {
              resolve();
              return undefined;
            };
          });
          gated.questions.length = 0;
          const path = `${gated.workspace}/cell.py`;
          const execution = gated.session.execute(gated.prepared(code), { path, line: 1 });
          await asked;
          gated.session.cancel(execution.id);
          const ended = await execution.finished;
          assert.equal(ended.status, 'cancelled');
          assert.equal(ended.rung, 'cooperative');
          await gated.run(code, DENIED);
          assert.deepEqual(told(), asks, 'in full');
        });

        it(`${name} is not asked for again when the answer may be remembered, until the policy changes`, async () => {
          await gated.run(code, REMEMBERED);
          await prepare();
          await gated.run(code, REMEMBERED);
          assert.deepEqual(told(), asks, 'a new generation');
          gated.questions.length = 0;
          // What it makes or takes away is there already, or gone: then it fails by itself, and still nothing is asked.
          await gated.run(code, DENIED);
          assert.deepEqual(told(), []);
        });
      }
    });

    describe('free', () => {
      for (const [name, code] of Object.entries({
        'reading and writing in the workspace':
          'open("a.txt", "w").write("a"); import os; os.rename("a.txt", "b.txt"); os.remove("b.txt")',
        'imports of the standard library':
          'import urllib.request, sqlite3, ctypes, multiprocessing, unittest, xml.dom.minidom',
        'time zones, types, certificates, devices':
          'import zoneinfo, mimetypes, ssl\nzoneinfo.ZoneInfo("Europe/Berlin"), mimetypes.guess_type("a.txt"), ssl.create_default_context()\nopen("/dev/null", "w").write("x"), open("/dev/urandom", "rb").read(1)',
        'what libraries read of the environment': 'import os; os.path.expanduser("~")',
        'variables that the program has set': 'import os; os.environ._data._stored[b"MINE"] = b"1"; os.environ["MINE"]',
        'its own processes and descriptors':
          'import os; os.kill(os.getpid(), 0); os.killpg(os.getpgrp(), 0); r, w = os.pipe(); open(w, "wb").close()',
        'sockets that lead nowhere else': 'import socket; [s.close() for s in socket.socketpair()]',
        'a fork that does nothing gated':
          'import os\npid = os.fork()\nif pid == 0:\n  os._exit(open("own.txt").read() != "own")\nassert os.waitpid(pid, 0)[1] == 0',
        awaiting: 'import asyncio; await asyncio.sleep(0)',
      })) {
        it(name, async () => {
          const { error, asked } = await gated.run(code, DENIED);
          assert.equal(error?.traceback ?? null, null);
          assert.deepEqual(asked, []);
        });
      }

      it('everything, under a policy that asks for nothing', async () => {
        await prepare();
        gated.policy({ asks: [] });
        for (const { code } of Object.values(OPERATIONS)) {
          const { asked } = await gated.run(code, DENIED);
          assert.deepEqual(asked, [], code);
        }
        gated.policy({});
      });
    });

    it('in the workspace, where the policy says so', async () => {
      gated.policy({ readsFree: false, writesFree: false });
      await gated.run('open("own.txt").read()', ONCE);
      await gated.run('open("own.txt", "a").close()', ONCE);
      const { asked } = await gated.run('import os; os.rename("own.txt", "own.txt")', ONCE);
      assert.deepEqual(
        asked.map(({ category, operation, target }) => [category, operation, target]),
        [
          ['delete', 'os.rename', `${gated.workspace}/own.txt`],
          ['write', 'os.rename', `${gated.workspace}/own.txt`],
          ['read', 'os.rename', `${gated.workspace}/own.txt`],
        ],
      );
      gated.policy({});
    });

    describe('what reads and writes at once is asked for as reading, where its writing need not be', () => {
      const ways = {
        'sqlite3.connect': 'import sqlite3; sqlite3.connect(elsewhere + "/secret.txt").close()',
        'os.link': 'import os; os.link(elsewhere + "/secret.txt", "mine.txt")',
        'os.rename': 'import os; os.rename(elsewhere + "/secret.txt", "mine.txt")',
        open: 'open(elsewhere + "/secret.txt", "r+").close()',
        'open ': 'open(elsewhere + "/secret.txt", "a+").close()',
        'os.open': 'import os; os.close(os.open(elsewhere + "/secret.txt", os.O_RDWR))',
        'os.open ': 'import os; os.close(os.open(elsewhere + "/secret.txt", os.O_CREAT))',
      };
      afterEach(() => gated.policy({}));

      for (const [name, code] of Object.entries(ways)) {
        const operation = name.trim();
        it(code, async () => {
          gated.policy({ asks: ['read'] });
          const { error } = await gated.run(code, DENIED);
          assert.deepEqual([error?.name, told()], ['PermissionError', [`read ${operation} E/secret.txt`]]);
        });

        it(`${code} in the workspace`, async () => {
          gated.policy({ readsFree: false, writesFree: true });
          const { error } = await gated.run(code.replaceAll('elsewhere + "/secret', 'workspace + "/own'), DENIED);
          assert.deepEqual([error?.name, told()], ['PermissionError', [`read ${operation} W/own.txt`]]);
        });
      }

      it('and what only writes is not', async () => {
        gated.policy({ asks: ['read'] });
        const code =
          'import os, tempfile; open(elsewhere + "/new.txt", "w+").close(); open(elsewhere + "/new.txt", "a").close(); os.remove(elsewhere + "/new.txt"); tempfile.NamedTemporaryFile(dir=elsewhere).close()';
        const { error, asked } = await gated.run(code, DENIED);
        assert.deepEqual([error, asked], [null, []]);
      });

      it('and a link that `os.link` follows is what it leads to', async () => {
        gated.policy({});
        const code =
          'import os; here = os.open(".", os.O_RDONLY); os.symlink(elsewhere + "/secret.txt", "to-secret"); os.link("to-secret", "mine.txt", src_dir_fd=here)';
        await gated.run(code, DENIED);
        assert.deepEqual(told(), ['write os.link E/secret.txt']);
        gated.policy({ asks: [] });
        await gated.run('import os; os.close(here); os.remove("to-secret")');
      });
    });

    it('asks for an import from elsewhere once, and keeps no bytecode there', async () => {
      await prepare();
      const code =
        'import sys\nsys.path.insert(0, elsewhere + "/tree")\ntry:\n  import imported\nfinally:\n  sys.path.pop(0)\nimported.x';
      gated.policy({ asks: [] });
      await gated.run('open(elsewhere + "/tree/imported.py", "w").write("x = 42")');
      gated.policy({});
      const { text } = await gated.run(code, ONCE);
      assert.equal(text, '42');
      assert.deepEqual(told(), ['read open E/tree/imported.py']);
      await assert.rejects(readFile(`${gated.elsewhere}/tree/__pycache__`), { code: 'ENOENT' });
    });

    describe('what the standard library does in several steps is one question', () => {
      beforeEach(prepare);
      for (const [code, ...asked] of [
        [
          'shutil.copy2(elsewhere + "/secret.txt", elsewhere + "/copy2.txt")',
          'read open E/secret.txt',
          'write open E/copy2.txt',
        ],
        ['os.makedirs(elsewhere + "/made/in/all")', 'write os.mkdir E/made/in/all'],
        ['pathlib.Path(elsewhere, "path/in/all").mkdir(parents=True)', 'write os.mkdir E/path/in/all'],
        ['pathlib.Path(elsewhere, "secret.txt").read_text()', 'read open E/secret.txt'],
        ['pathlib.Path(elsewhere, "made.txt").write_text("x")', 'write open E/made.txt'],
        ['tempfile.NamedTemporaryFile(dir=elsewhere).close()', 'write os.open E/NAME'],
        ['tempfile.TemporaryFile(dir=elsewhere).close()', TEMPORARY],
        [
          'tempfile.TemporaryDirectory(dir=elsewhere).cleanup()',
          'write os.mkdir E/NAME',
          'delete shutil.rmtree E/NAME',
        ],
        ['tempfile.tempdir = None; tempfile.gettempdir()'],
      ] as const) {
        it(code, async () => {
          const { error } = await gated.run(`import os, pathlib, shutil, tempfile; ${code}`, ONCE);
          assert.equal(error?.traceback ?? null, null);
          assert.deepEqual(
            told().map((line) => line.replace(/tmp\w{8}$/, 'NAME')),
            asked,
          );
        });
      }

      it('and the error is that of the question', async () => {
        const { error } = await gated.run('import tempfile; tempfile.tempdir = None; tempfile.mkdtemp()', DENIED);
        assert.deepEqual(
          [error?.name, error?.message],
          ['PermissionError', 'It was denied by the test. Ask the test.'],
        );
      });

      it('but no other place is tried without asking, and nothing is deleted that was written before', async () => {
        const trial = 'tempfile._get_default_tempdir()';
        await gated.run(
          `import tempfile; before = tempfile._candidate_tempdir_list; tempfile._candidate_tempdir_list = lambda: [elsewhere]\ntry: ${trial}\nfinally: tempfile._candidate_tempdir_list = before`,
          ONCE,
        );
        assert.match(told().join(), /^write os.open E\/\w{8}$/);
        const paths =
          'import pathlib; one, two = pathlib.Path(elsewhere, "one"), pathlib.Path(elsewhere, "two"); one.write_text("1"); two.write_text("2"); one.unlink()';
        const { error } = await gated.run(paths, ONCE);
        assert.equal(error?.traceback ?? null, null);
        assert.deepEqual(told(), ['write open E/one', 'write open E/two', 'delete os.remove E/one']);
        await gated.run('one.write_text("1"); one.unlink()', ONCE);
        assert.deepEqual(told(), ['write open E/one', 'delete os.remove E/one']);
      });
    });

    it('follows links, `..` and descriptors of folders', async () => {
      const ways = [
        'open("../elsewhere/secret.txt")',
        'os.path.lexists("link") or os.symlink(elsewhere, "link"); open("link/secret.txt")',
        'os.open("../elsewhere/secret.txt", os.O_RDONLY, dir_fd=os.open(".", os.O_RDONLY))',
        'open(f"/proc/self/cwd/../elsewhere/secret.txt")',
        'os.chdir("/"); open(elsewhere[1:] + "/secret.txt")',
      ];
      for (const way of ways) {
        await gated.run(`import os; ${way}`, DENIED);
        assert.deepEqual([way, gated.questions.map(({ target }) => target)], [way, [`${gated.elsewhere}/secret.txt`]]);
      }
      await gated.run('import os; os.chdir(workspace)');
    });

    it('a name and the connection to it are one question', async () => {
      const { asked } = await gated.run('import socket; socket.create_connection(("localhost", 9), 1)', ONCE);
      assert.deepEqual(
        asked.map(({ target }) => target),
        ['localhost:9'],
      );
      const again = await gated.run('import asyncio; await asyncio.open_connection("localhost", 9)', ONCE);
      assert.deepEqual(
        again.asked.map(({ target }) => target),
        ['localhost:9'],
      );
    });

    describe('the program that really runs is asked for', () => {
      before(() =>
        gated.run(
          'import os, shutil, subprocess; os.makedirs("bin/other", exist_ok=True); shutil.copy("/bin/true", "bin/true"); shutil.copy("/bin/true", "bin/other/true")',
          ONCE,
        ),
      );
      for (const [code, ...asked] of [
        ['subprocess.run(["true"], executable=workspace + "/bin/true")', 'subprocess W/bin/true'],
        ['subprocess.run(["/bin/true"], executable="bin/true")', 'subprocess W/bin/true'],
        ['subprocess.run(["./true"], cwd="bin")', 'subprocess W/bin/true'],
        ['subprocess.run(["true"], env={"PATH": workspace + "/none:bin"})', 'subprocess W/bin/true'],
        ['os.waitpid(os.posix_spawn("bin/true", ["true"], {}), 0)', 'os.posix_spawn W/bin/true'],
        ['os.spawnvpe(os.P_WAIT, "true", ["true"], {"PATH": "bin"})', 'os.spawn W/bin/true'],
        ['os.spawnlp(os.P_WAIT, "true", "/sbin/other", "x")', 'os.spawn /bin/true x'],
        ['os.execvpe("true", ["true"], {"PATH": "none:bin"})', 'os.exec W/bin/true'],
      ] as const) {
        it(code, async () => {
          await gated.run(code, code.startsWith('os.exec') ? DENIED : ONCE);
          // `subprocess` may start it in either way.
          const said = told().map((one) =>
            code.startsWith('sub') ? one.replace('os.posix_spawn', 'subprocess') : one,
          );
          assert.deepEqual(
            said,
            asked.map((one) => `subprocess ${one}`),
          );
        });
      }

      it('and again in another folder', async () => {
        const code = '[subprocess.run(["./true"], cwd=folder).returncode for folder in ("bin", "bin/other", "bin")]';
        assert.equal((await gated.run(code, REMEMBERED)).text, '[0, 0, 0]');
        assert.deepEqual(told(), ['subprocess subprocess W/bin/true', 'subprocess subprocess W/bin/other/true']);
        await gated.run('[subprocess.run(["/bin/true"], cwd=folder).returncode for folder in ("bin", "bin/other")]');
        assert.equal(told().length, 2, 'what it does may depend on where it is');
        gated.policy({});
      });
    });

    it('what a name led to is forgotten with the policy, and the oldest when it is too much', async () => {
      const connect = (port: number) =>
        `import socket\nwith socket.socket() as s:\n  s.connect_ex(("127.0.0.1", ${port}))`;
      await gated.run('import socket; socket.getaddrinfo("localhost", 9)', ONCE);
      gated.policy({});
      await gated.run(connect(9), ONCE);
      assert.deepEqual(told(), ['network socket.connect 127.0.0.1:9']);
      await gated.run('[socket.getaddrinfo("localhost", port) for port in range(1, 1200)] and None', ONCE);
      await gated.run(connect(1199), ONCE);
      assert.deepEqual(told(), []);
      await gated.run(connect(1), ONCE);
      assert.deepEqual(told(), ['network socket.connect 127.0.0.1:1']);
    });

    it('threads of the program ask, the executor thread too', async () => {
      const code = `import threading
found = []
def look():
  try:
    open(elsewhere + "/secret.txt")
  except PermissionError as error:
    found.append(str(error))
thread = threading.Thread(target=look)
thread.start(); thread.join(); found`;
      assert.equal((await gated.run(code, DENIED)).text, "['It was denied by the test. Ask the test.']");
      const beside = await gated.session.executeOnThread(gated.prepared('open(elsewhere + "/secret.txt")')).finished;
      assert.equal(beside.error?.name, 'PermissionError');
    });

    it('a question on the executor thread ends with a cancel, and the next is asked again', async () => {
      const code = gated.prepared('open(elsewhere + "/secret.txt").read()');
      const asked = new Promise<void>((resolve) => {
        gated.answer = () => {
          resolve();
          return undefined;
        };
      });
      const execution = gated.session.executeOnThread(code);
      await asked;
      gated.session.cancel(execution.id);
      assert.equal((await execution.finished).status, 'cancelled');
      gated.questions.length = 0;
      gated.answer = () => ONCE;
      assert.equal((await gated.session.executeOnThread(code).finished).text, "'secret'");
      assert.equal(gated.questions.length, 1);
    });

    it('a fork cannot ask: it is denied, and nobody waits', async () => {
      const code = `import os
pid = os.fork()
if pid == 0:
  try:
    open(elsewhere + "/secret.txt")
  except PermissionError as error:
    os._exit(17 if "is a fork of the session's" in str(error) else 18)
  os._exit(19)
os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])`;
      const { text, asked } = await gated.run(code, ONCE);
      assert.equal(text, '17');
      assert.deepEqual(asked, []);
    });

    it('each command of multiprocessing is asked for as one that can be remembered', async () => {
      gated.policy({});
      const code = `import multiprocessing
ends = []
for _ in range(2):
  process = multiprocessing.get_context("spawn").Process(target=print)
  process.start(); process.join(); ends.append(process.exitcode)
ends`;
      const { text } = await gated.run(code, REMEMBERED);
      assert.equal(text, '[0, 0]');
      assert.ok(told().length > 0);
      assert.equal(new Set(told()).size, told().length);
      assert.ok(told().every((line) => line.includes('from multiprocessing.')));
    });

    it('the same holds for a server that forks', async () => {
      gated.policy({});
      // Its numbers are those of descriptors: the second server gets others.
      const code = `import os
from multiprocessing import forkserver
server, held = forkserver.ForkServer(), []
for _ in range(2):
  server.ensure_running(); server._stop(); held += os.pipe()
[os.close(one) for one in held] and None`;
      const { error } = await gated.run(code, REMEMBERED);
      assert.equal(error?.traceback ?? null, null);
      const commands = told().filter((line) => line.includes('multiprocessing.forkserver'));
      assert.equal(commands.length, 1);
      assert.match(commands[0] ?? '', /main\(…, …, /);
    });

    it('a question that is closed or times out says so', async () => {
      for (const [code, name] of [
        ['closed', 'EOFError'],
        ['timeout', 'TimeoutError'],
      ] as const) {
        const { error } = await gated.run('open(elsewhere + "/secret.txt")', {
          status: 'failed',
          code,
          message: 'Why.',
        });
        assert.deepEqual([error?.name, error?.message], [name, 'Why.']);
      }
    });

    it('a program that asks while it is asked ends with an error, not without end', async () => {
      const code = `import sys
class Out:
  def write(self, text): return len(text)
  def flush(self): open(elsewhere + "/secret.txt")
before, sys.stdout = sys.stdout, Out()
try:
  open(elsewhere + "/secret.txt")
finally:
  sys.stdout = before`;
      const { error } = await gated.run(code, DENIED);
      assert.equal(error?.name, 'PermissionError');
      assert.ok(gated.questions.length < 20, `${gated.questions.length} questions`);
    });

    describe('an environment in the workspace', () => {
      let inside: GatedSession;
      before(async () => {
        inside = await GatedSession.startInEnvironment(interpreter);
        const { error } = await inside.run(
          `import os, sys, sysconfig; packages = sysconfig.get_path("purelib"); os.makedirs(packages + "/made")
open(packages + "/made/__init__.py", "w").close(); os.symlink(elsewhere + "/secret.txt", packages + "/link.txt")
import glob, shutil
for name in ("one", "two"):
  shutil.copy(glob.glob(os.path.dirname(os.__file__) + "/lib-dynload/_json.*")[0], f"{packages}/made/{name}.so")
def load(place):
  import importlib.machinery, importlib.util
  loader = importlib.machinery.ExtensionFileLoader("made._json", place)
  return importlib.util.module_from_spec(importlib.util.spec_from_file_location("made._json", place, loader=loader))`,
          ONCE,
        );
        assert.equal(error?.traceback ?? null, null);
      });
      after(() => inside.stop());

      const packages = async () => (await inside.run('print(packages)')).stdout.trim();
      const asked = async (code: string, answer = DENIED) => {
        const { asked, error } = await inside.run(code, answer);
        return asked.length > 0
          ? asked.map(({ category, operation, target }) => [category, operation, target])
          : (error?.traceback ?? null);
      };

      it('has no link that leads out', async () => {
        const secret = [['read', 'open', `${inside.elsewhere}/secret.txt`]];
        assert.deepEqual(await asked('open(packages + "/link.txt")'), secret);
      });

      it('asks for its libraries, when they are not imported', async () => {
        const library = [['native', 'ctypes.dlopen', `${await packages()}/made/none.so`]];
        assert.deepEqual(await asked('import ctypes; ctypes.CDLL(packages + "/made/none.so")'), library);
      });

      it('asks for extension modules that have come since the session began, once for a package', async () => {
        const both = 'load(packages + "/made/one.so"), load(packages + "/made/two.so")';
        assert.deepEqual(await asked(both, ONCE), [['native', 'import made', `${await packages()}/made`]]);
      });

      it('is free as it was when the session began', async () => {
        assert.deepEqual(
          await asked('open(sys.executable, "rb").close(); open(sys.prefix + "/pyvenv.cfg").close(); import made'),
          null,
        );
      });
    });
  });
}

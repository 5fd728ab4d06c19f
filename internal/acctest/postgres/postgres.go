// Package postgres starts a real PostgreSQL for a test, to keep Terraform's states in.
package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// The server's superuser, which needs no password on its socket, and the database that is always there.
const (
	role     = "terraform"
	database = "postgres"
)

// run makes a database cluster in the folder $1, starts a server that listens on a socket in that folder alone, and says so.
// It stops the server when its standard input ends: at the end of the test, and also when the test's process is killed.
const run = `
initdb -D "$1/data" -U ` + role + ` -A trust -E UTF8 --locale=C --no-sync >"$1/log" 2>&1 &&
pg_ctl -D "$1/data" -l "$1/log" -w -o "-c listen_addresses='' -c unix_socket_directories='$1' -c fsync=off" start >>"$1/log" 2>&1 &&
echo ready && cat >/dev/null
pg_ctl -D "$1/data" -m immediate -w stop >>"$1/log" 2>&1
`

// Start starts a PostgreSQL that ends with the test, and returns how to connect to it, as the pg backend's conn_str. It
// does not listen on a network. The test is skipped where PostgreSQL is not installed, or no user can run it.
func Start(tb testing.TB) (connection string) {
	tb.Helper()
	programs, found := locate()
	if !found {
		tb.Skip("PostgreSQL is not installed: there is no initdb and pg_ctl, neither on PATH nor in /usr/lib/postgresql")
	}
	owner, err := chooseOwner()
	if err != nil {
		tb.Skip("PostgreSQL can't run here: " + err.Error())
	}
	folder := makeFolder(tb, owner)

	// The end of its input ends it, not the end of a context, which would kill what stops the server.
	server := exec.CommandContext(context.WithoutCancel(tb.Context()), "sh", "-c", run, "sh", folder)
	server.Dir = folder
	server.Env = append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	// A process group of its own: Ctrl-C must reach the test, which ends the server, and not what stops the server.
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
	input, err := server.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	output, err := server.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := server.Start(); owner != nil && errors.Is(err, fs.ErrPermission) {
		tb.Skipf("PostgreSQL can't run here: root may not become another user, or that one may not enter %s: %v", folder, err)
	} else if err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	tb.Cleanup(func() {
		err := errors.Join(input.Close(), server.Wait())
		if err != nil && !tb.Failed() {
			tb.Errorf("stopping PostgreSQL: %v\n%s", err, log(folder))
		}
	})
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		tb.Fatalf("PostgreSQL did not start (%q, %v):\n%s", line, err, log(folder))
	}
	settings := url.Values{"host": {folder}, "user": {role}, "sslmode": {"disable"}}

	return "postgres:///" + database + "?" + settings.Encode()
}

// locate returns the folder of PostgreSQL's programs: the one that PATH leads to, else Debian's, of the last version.
func locate() (folder string, found bool) {
	candidates, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", false
	}
	if onPath, err := exec.LookPath("pg_ctl"); err == nil {
		candidates = append(candidates, filepath.Dir(onPath))
	}
	for _, folder := range slices.Backward(candidates) {
		if runnable(filepath.Join(folder, "initdb")) && runnable(filepath.Join(folder, "pg_ctl")) {
			return folder, true
		}
	}

	return "", false
}

func runnable(program string) bool {
	_, err := exec.LookPath(program)

	return err == nil
}

// chooseOwner returns the user that PostgreSQL is to run as, nil for the test's own: it refuses to run as root.
func chooseOwner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no credential is needed: nil is what SysProcAttr takes for that
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, fmt.Errorf("the user %s: %w", name, err)
		}

		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}

	return nil, errors.New("this is root, as whom it refuses to run, and there is neither a user postgres nor nobody")
}

// makeFolder makes a folder that belongs to the owner alone. It is not one of tb.TempDir: those lie in a folder that only the
// test's own user may enter, and their paths are too long for a socket.
func makeFolder(tb testing.TB, owner *syscall.Credential) string {
	tb.Helper()
	folder, err := os.MkdirTemp("", "postgres-") //nolint:usetesting // see above
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			tb.Errorf("removing PostgreSQL's files: %v", err)
		}
	})
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			tb.Skipf("PostgreSQL can't run here: its folder can't be given away: %v", err)
		}
	}

	return folder
}

// log returns the programs' output.
func log(folder string) string {
	text, err := os.ReadFile(filepath.Join(folder, "log"))
	if err != nil {
		return err.Error()
	}

	return string(text)
}

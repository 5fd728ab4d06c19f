package clicommand

import (
	"context"
	"debug/buildinfo"
	"os"
	"strings"

	"github.com/shirou/gopsutil/v4/process"
)

// handshake is the variable in which the CLI tells a process that it starts as a plugin. A provider that is started by hand, for a
// debugger, has none.
const handshake = "TF_PLUGIN_MAGIC_COOKIE"

// OfParent returns the command of the process that started this one as a plugin; the zero value where none did, or its command line
// can't be read. Call it early: a parent that has died leaves its child to another process.
func OfParent(ctx context.Context) Command {
	if os.Getenv(handshake) == "" {
		return Command{}
	}

	return ofProcess(ctx, os.Getppid())
}

// ofProcess returns the command that a process runs.
func ofProcess(ctx context.Context, id int) Command {
	if id <= 0 || int(int32(id)) != id {
		return Command{}
	}
	parent, err := process.NewProcessWithContext(ctx, int32(id))
	if err != nil {
		return Command{}
	}
	line, err := parent.CmdlineSliceWithContext(ctx)
	if err != nil {
		return Command{}
	}

	command := Parse(line, os.Getenv)
	command.OpenTofu = isOpenTofu(ctx, parent)

	return command
}

// isOpenTofu reports whether a process runs OpenTofu, by what its program says it was built from: its file may have any name.
func isOpenTofu(ctx context.Context, parent *process.Process) bool {
	program, err := parent.ExeWithContext(ctx)
	if err != nil {
		return false
	}
	built, err := buildinfo.ReadFile(program)

	return err == nil && strings.HasPrefix(built.Main.Path, "github.com/opentofu/")
}

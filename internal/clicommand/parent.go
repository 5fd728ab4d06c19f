package clicommand

import (
	"context"
	"os"

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

	return Parse(line, os.Getenv)
}

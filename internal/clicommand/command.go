// Package clicommand tells which command of the CLI started the provider: a plan that can do no harm, or one that may be applying.
package clicommand

import (
	"slices"
	"strconv"
	"strings"
)

// Command is a command of the CLI. The zero value is one that is not known.
type Command struct {
	// Name is the subcommand, such as "plan" or "apply"; empty where it is not known.
	Name string
	// Destroy says that the command destroys what is in state, and creates nothing.
	Destroy bool
	// RefreshOnly says that the command takes over what the platform has, whatever the configuration says.
	RefreshOnly bool
	// NoRefresh says that the command plans without asking the platforms (-refresh=false).
	NoRefresh bool
	// SavedPlan says that the command applies a plan that another command saved.
	SavedPlan bool
	// Replace has the addresses of what the command replaces although its arguments do not change, with a space after each.
	Replace string
	// OpenTofu says that the CLI is OpenTofu.
	OpenTofu bool
	// Parallelism is the flag of that name, 0 where it is not given.
	Parallelism int
}

// defaultParallelism is how many operations a CLI does at once that is not told otherwise.
const defaultParallelism = 10

// AtOnce returns how many operations the CLI does at once, its default where that is not known.
func (c Command) AtOnce() int {
	if c.Parallelism > 0 {
		return c.Parallelism
	}

	return defaultParallelism
}

// Plans reports whether the command only plans what is to be created.
func (c Command) Plans() bool { return c.Name == "plan" && !c.Destroy }

// ReplacesType reports whether the command is told to replace a resource of the type.
func (c Command) ReplacesType(resourceType string) bool {
	return strings.Contains(c.Replace, resourceType+".")
}

// Applies reports whether the command applies, in provider processes that it starts for that alone.
func (c Command) Applies() bool { return c.Name == "apply" || c.Name == "destroy" }

// Configures reports whether what the command reads is stored by an apply of the configuration, or by none.
func (c Command) Configures() bool { return (c.Name == "plan" || c.Name == "apply") && !c.RefreshOnly }

// withValue are the flags of apply whose value may be an argument of its own.
var withValue = []string{
	"var", "var-file", "target", "target-file", "exclude", "exclude-file", "replace", "state", "state-out", "backup", "parallelism",
	"lock-timeout", "json-into",
}

// Parse returns the command of a command line, whose first element is the program under any name. getenv returns the environment, in
// which the CLI finds further arguments (TF_CLI_ARGS, TF_CLI_ARGS_plan).
func Parse(line []string, getenv func(name string) string) Command {
	at := slices.IndexFunc(line[min(1, len(line)):], func(arg string) bool { return !strings.HasPrefix(arg, "-") })
	if at < 0 {
		return Command{} // nothing but global options, such as -chdir
	}
	name, args := line[1+at], line[2+at:]
	command := Command{Name: name, Destroy: name == "destroy"}
	// The CLI puts the arguments of the environment before those of the command line, and the last one of a name counts. A value in
	// quotes that holds a flag is taken for one: to take a plan for a destroy costs an error that becomes a warning.
	all := slices.Concat(
		strings.Fields(getenv("TF_CLI_ARGS_"+strings.ReplaceAll(name, "-", "_"))), strings.Fields(getenv("TF_CLI_ARGS")), args,
	)
	for i, arg := range all {
		switch flag, value := parseFlag(arg); flag {
		case "destroy":
			on, err := strconv.ParseBool(value)
			command.Destroy = on || err != nil || name == "destroy"
		case "refresh":
			on, err := strconv.ParseBool(value)
			command.NoRefresh = !on && err == nil
		case "refresh-only":
			on, err := strconv.ParseBool(value)
			command.RefreshOnly = on || err != nil
		case "replace":
			command.Replace += valueAt(all, i, value) + " "
		case "parallelism":
			if number, err := strconv.Atoi(valueAt(all, i, value)); err == nil {
				command.Parallelism = number
			}
		}
	}
	command.SavedPlan = name == "apply" && savedPlan(args)

	return command
}

// valueAt returns the value of the flag at i, which may be an argument of its own.
func valueAt(args []string, i int, value string) string {
	if !strings.Contains(args[i], "=") && i+1 < len(args) {
		return args[i+1]
	}

	return value
}

// parseFlag returns the name and the value of a flag, as "-name", "--name" or "-name=value".
func parseFlag(arg string) (name, value string) {
	trimmed := strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-")
	if trimmed == arg {
		return "", ""
	}
	name, value, given := strings.Cut(trimmed, "=")
	if !given {
		value = "true"
	}

	return name, value
}

// savedPlan reports whether the arguments end with the file of a plan, which is the only one that is no flag.
func savedPlan(args []string) bool {
	if len(args) == 0 || strings.HasPrefix(args[len(args)-1], "-") {
		return false
	}
	if len(args) == 1 {
		return true
	}
	before := args[len(args)-2]
	flag, _ := parseFlag(before)

	return strings.Contains(before, "=") || !slices.Contains(withValue, flag)
}

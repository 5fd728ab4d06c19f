package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// operate does what the diagnostics of a command ask of a user, and reports whether there was something to do.
func (r *run) operate(ctx context.Context, phase Phase, output string) (acted bool, err error) {
	for _, do := range []func(context.Context, Phase, string) (bool, error){r.untaint, r.takeLeft} {
		did, err := do(ctx, phase, output)
		if err != nil {
			return acted, err
		}
		acted = acted || did
	}

	return acted, nil
}

// untaint takes the taint of a pair back which has failed over: its replacement would remove what it protects.
func (r *run) untaint(ctx context.Context, _ Phase, output string) (acted bool, err error) {
	if !strings.Contains(output, " is a secondary now and would be removed") {
		return false, nil
	}
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return false, err
	}
	for _, instance := range state {
		if !instance.tainted {
			continue
		}
		if err := r.cli(ctx, "untaint", instance.address); err != nil {
			return acted, err
		}
		acted = true
	}

	return acted, nil
}

// takeLeft sees to objects that a diagnostic leaves to the user: one of a configured resource is adopted, in the place of what the
// resource has in state; others are deleted.
func (r *run) takeLeft(ctx context.Context, phase Phase, output string) (acted bool, err error) {
	missing, err := r.unknown()
	if err != nil {
		return false, err
	}
	adopts := false
	for _, object := range missing {
		if object.Of != "" || r.told[object.ID] || !names(output, object) {
			continue
		}
		acted = true
		i := slices.IndexFunc(r.current, func(resource Resource) bool { return resource.Object == object.Name })
		if i < 0 || phase == Destroy {
			if err := r.platform.Discard(ctx, object.ID); err != nil {
				return acted, fmt.Errorf("deleting what was left: %w", err)
			}
			r.say("the user deletes %s\n", object.ID)

			continue
		}
		adopts = true
		if err := r.forget(ctx, r.current[i].Address()); err != nil {
			return acted, err
		}
	}
	if adopts {
		return acted, r.adopt(ctx, phase, output)
	}

	return acted, nil
}

// forget removes a resource from the state, if it is there.
func (r *run) forget(ctx context.Context, address string) error {
	state, err := readState(r.workspace.Dir)
	if err != nil || !slices.ContainsFunc(state, func(instance held) bool { return instance.address == address }) {
		return err
	}

	return r.cli(ctx, "state", "rm", address)
}

// cli runs a command of the CLI that asks no provider for anything.
func (r *run) cli(ctx context.Context, args ...string) error {
	result, err := r.workspace.Run(ctx, args...)
	r.say("\n=== %s\n%s\nexit code %d\n", strings.Join(args, " "), result.Output, result.ExitCode)
	if err == nil && result.ExitCode != 0 {
		err = errors.New(result.Output)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}

	return nil
}

// freeNames lets other clients delete what they made: it holds names of the configuration.
func (r *run) freeNames(ctx context.Context) error {
	for _, foreign := range r.platform.Foreign() {
		if foreign.Harm != "" {
			continue
		}
		if err := r.platform.Discard(ctx, foreign.ID); err != nil {
			return fmt.Errorf("removing what another client made: %w", err)
		}
	}

	return nil
}

// is reports whether an instance is of another client's object. An id that names another object since a restore is no proof.
func (h held) is(foreign Foreign) bool {
	if h.uuid != "" && foreign.UUID != "" {
		return h.uuid == foreign.UUID
	}

	return h.id == foreign.ID
}

// foreign checks that what other clients made is as they made it, and in no state.
func (r *run) foreign(phase Phase) error {
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return err
	}
	for _, foreign := range r.platform.Foreign() {
		if foreign.Harm != "" && !r.harmed[foreign.ID] {
			r.harmed[foreign.ID] = true // told once
			r.violated(7, phase, "%s (%s) is another client's, and was %s", foreign.ID, foreign.Name, foreign.Harm)
		}
		if i := slices.IndexFunc(state, func(instance held) bool { return instance.is(foreign) }); i >= 0 {
			r.violated(7, phase, "%s (%s) is another client's, and in state: %s", foreign.ID, foreign.Name, state[i])
		}
	}

	return nil
}

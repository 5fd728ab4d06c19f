package chaos

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// operate does what the diagnostics of a command ask of a user, and reports whether there was something to do.
func (r *run) operate(ctx context.Context, phase Phase, output string) (acted bool, err error) {
	for _, do := range []func(context.Context, Phase, string) (bool, error){r.untaint, r.takeOwn, r.takeLeft} {
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

// takeOwn sees to pending instances of which a diagnostic says that nothing proves whose the object of their name is. The user knows: its
// own is imported, or deleted where the configuration has no place for it any more; another client's stays, and the instance with it.
func (r *run) takeOwn(ctx context.Context, phase Phase, output string) (acted bool, err error) {
	state, err := readState(r.workspace.Dir)
	if err != nil {
		return false, err
	}
	var blocks strings.Builder
	for _, instance := range state {
		i := slices.IndexFunc(r.platform.Objects(), func(object Object) bool { return r.disputed(instance, object, output) })
		if i < 0 {
			continue
		}
		acted = true
		own := r.platform.Objects()[i]
		if err := r.cli(ctx, "state", "rm", instance.address); err != nil {
			return acted, err
		}
		if phase == Destroy || !r.configures(instance.address) {
			if err := r.platform.Discard(ctx, own.ID); err != nil {
				return acted, fmt.Errorf("deleting what was made: %w", err)
			}

			continue
		}
		r.adopted[own.ID] = true
		fmt.Fprintf(&blocks, "import {\n  to = %s\n  id = %q\n}\n", instance.address, own.ImportID)
	}
	if blocks.Len() == 0 {
		return acted, nil
	}
	if err := r.workspace.Write("adopt.tf", blocks.String()); err != nil {
		return acted, err
	}
	result, _, err := r.command(ctx, adoption, nil, "apply", "-auto-approve")
	if err == nil && result.ExitCode != 0 && len(r.platform.Foreign()) == 0 {
		r.violated(1, adoption, "adopting what was made failed:\n%s\n%s", blocks.String(), result.Output)
	}

	return acted, errors.Join(err, r.workspace.Write("adopt.tf", ""))
}

// configures reports whether the configuration has an instance.
func (r *run) configures(address string) bool {
	return slices.ContainsFunc(r.current, func(resource Resource) bool { return resource.Address() == address })
}

// disputed reports whether an object is what a pending instance asks for, and an output says that nothing proves whose it is.
func (r *run) disputed(instance held, object Object, output string) bool {
	return instance.id == "" && instance.pending != "" && slices.Contains(r.wanted(instance), object.Name) && unproved(output, object.Name)
}

// unproved reports whether an output says that nothing proves whose the object of a name is, or which of several objects of the name is the
// resource's.
func unproved(output, name string) bool {
	quoted := fmt.Sprintf("%q", strings.TrimPrefix(name, "snapshot "))
	one := regexp.MustCompile(regexp.QuoteMeta(quoted) +
		`([^\n]* (may have been created: nothing proves|was created by the earlier apply\n)|: nothing proves whose)`)

	return one.MatchString(output) || strings.Contains(unwrapped(output), "have got the name "+unwrapped(quoted)+" since the clone was asked for")
}

// unwrapped is a text with one space between its words, in place of the line breaks that the CLI puts into diagnostics.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }

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

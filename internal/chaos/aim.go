package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// Moment is the time at which a fault strikes.
type Moment struct {
	Words string
	// Begin is called before the command starts; what it returns reports whether the moment has come.
	Begin func() func() bool
}

// AtRequest draws a moment: a number of requests after the one at which total stands when the command begins.
func AtRequest(random *rand.Rand, total func() int) Moment {
	nth := 1 + random.IntN(25)

	return Moment{Words: fmt.Sprintf("at request %d", nth), Begin: func() func() bool {
		before := total()

		return func() bool { return total() >= before+nth }
	}}
}

// Strike is one that acts once the moment has come.
func (m Moment) Strike(act func(ctx context.Context, command *realcli.Command) (bool, error)) Strike {
	var came func() bool

	return Strike{
		Words: m.Words,
		Arm: func() error {
			came = m.Begin()

			return nil
		},
		Act: func(ctx context.Context, command *realcli.Command) (bool, error) {
			if !Await(ctx, came) {
				return false, nil
			}

			return act(ctx, command)
		},
	}
}

// Deed acts on a command while its work is held. later is a drawn duration that it may use as a delay.
type Deed func(ctx context.Context, command *realcli.Command, later time.Duration) error

// Holder holds a platform's tasks or jobs in their middle.
type Holder struct {
	// Draw draws the method whose tasks or jobs are held; empty means any.
	Draw func(random *rand.Rand, phase Phase) string
	// Hold holds what the method starts from now on, and Holding reports whether something is held.
	Hold    func(method string)
	Holding func() bool
	// Release lets everything that is held continue.
	Release func()
}

// Mid is a fault that happens while something is held. signals says that the deed stops the command.
func (h Holder) Mid(name string, signals bool, act Deed) Fault {
	return Fault{Name: name, Draw: func(random *rand.Rand, phase Phase) Strike {
		method := h.Draw(random, phase)
		if random.IntN(4) == 0 {
			method = ""
		}
		later := time.Duration(random.IntN(1500)) * time.Millisecond

		return Strike{
			Words: fmt.Sprintf("%s, %s", orAny(method), later), Signals: signals,
			Arm: func() error {
				h.Hold(method)

				return nil
			},
			Act: func(ctx context.Context, command *realcli.Command) (bool, error) {
				if !Await(ctx, h.Holding) {
					return false, nil
				}
				// The provider has begun to wait for it, mostly.
				Pause(ctx, later/8)

				return meets(command, act(ctx, command, later))
			},
		}
	}}
}

// ReleaseAfter lets everything that is held continue after a delay.
func (h Holder) ReleaseAfter(ctx context.Context, later time.Duration) {
	if Pause(ctx, later) {
		h.Release()
	}
}

// meets reports whether an act took effect: the command may have ended before, and a signal then reaches no process.
func meets(command *realcli.Command, err error) (bool, error) {
	select {
	case <-command.Done():
		return err == nil, nil
	default:
		return err == nil, err
	}
}

// Injection is a fault with which the platform's simulator answers calls.
type Injection struct {
	Code, Method string // the method may be empty: any
	Times, Skip  int    // it happens Times times, after Skip calls that pass
	Inject       func()
	Strands      bool // as of the [Strike]
}

// Strike is the injection, armed before a command. struck counts the calls that got any injected fault.
func (i Injection) Strike(struck func() int) Strike {
	before := 0

	return Strike{
		Words: fmt.Sprintf("%s %s, %d times after %d", i.Code, orAny(i.Method), i.Times, i.Skip),
		Arm: func() error {
			before = struck()
			i.Inject()

			return nil
		},
		Struck:  func() bool { return struck() > before },
		Strands: i.Strands,
	}
}

func orAny(method string) string {
	if method == "" {
		return "any method"
	}

	return method
}

// AnyOf draws one of the methods, and how many of its calls pass first. Without methods it is any call.
func AnyOf(random *rand.Rand, methods []string) (method string, skip int) {
	if len(methods) == 0 {
		return "", random.IntN(10)
	}

	return methods[random.IntN(len(methods))], random.IntN(2) * random.IntN(2)
}

// AnyCall draws a method, and how many of its calls pass first: a method that changes something, a query, or, as an empty
// method, any call.
func AnyCall(random *rand.Rand, doing, asking []string) (method string, skip int) {
	switch draw := random.IntN(10); {
	case draw < 5:
		return AnyOf(random, doing)
	case draw < 8:
		return asking[random.IntN(len(asking))], random.IntN(3)
	default:
		return "", random.IntN(25)
	}
}

// BehindBack is a fault that changes one of the existing objects outside Terraform. moment draws when.
func BehindBack(
	name string, moment func(random *rand.Rand, phase Phase) Moment, objects func() []Object, act func(object Object) error,
) Fault {
	return Fault{Name: name, Draw: func(random *rand.Rand, phase Phase) Strike {
		when := moment(random, phase)
		which := random.IntN(1 << 16)
		strike := when.Strike(func(ctx context.Context, _ *realcli.Command) (bool, error) {
			for Await(ctx, func() bool { return len(objects()) > 0 }) {
				now := objects()
				if len(now) == 0 {
					continue
				}
				// A change that the platform refuses now is not made: its rules apply to every client.
				return act(now[which%len(now)]) == nil, nil
			}

			return false, nil
		})
		strike.Words += fmt.Sprintf(", object %d", which)

		return strike
	}}
}

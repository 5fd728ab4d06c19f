package fuzz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// EpisodeCalls is how many calls an episode has: few enough that the inventory stays small, and that a failure is soon repeated.
const EpisodeCalls = 500

// betweenLooks is how many calls pass between two looks at all objects.
const betweenLooks = 100

// Options say what to run.
type Options struct {
	Program string // the simulator's
	Seed    uint64
	Calls   int    // of each method and path
	Only    string // methods and paths that contain it; empty: all
	Episode int    // that one alone, negative: all
	// Watchdog is how long a call may take before it counts as hanging.
	Watchdog time.Duration
	Note     func(format string, values ...any)
}

// Run runs all episodes and returns all failures.
func Run(ctx context.Context, options Options) error {
	first, err := start(ctx, options.Program, options.Watchdog)
	if err != nil {
		return err
	}
	targets, _, err := first.catalog(ctx)
	if err := errors.Join(err, first.end()); err != nil {
		return err
	}
	deck := deal(targets, options)
	var failures []error
	for number, episode := range slices.Collect(slices.Chunk(deck, EpisodeCalls)) {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted: %w", ctx.Err())
		}
		if options.Episode >= 0 && number != options.Episode {
			continue
		}
		if err := runEpisode(ctx, options, number, episode); err != nil {
			err = fmt.Errorf("seed %d, episode %d: %w", options.Seed, number, err)
			failures = append(failures, err)
			options.Note("FAILED %v", err)
		} else {
			options.Note("episode %d: %d calls are answered", number, len(episode))
		}
	}

	return errors.Join(failures...)
}

// deal returns the targets of all calls in their order.
func deal(targets []target, options Options) []target {
	var deck []target
	for _, each := range targets {
		if strings.Contains(each.String(), options.Only) {
			deck = append(deck, slices.Repeat([]target{each}, options.Calls)...)
		}
	}
	random := rand.New(rand.NewPCG(options.Seed, 0)) //nolint:gosec // repeatable, and no secret
	random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })

	return deck
}

// episode is a simulator under fire.
type episode struct {
	*sessions

	generator *generator
}

func runEpisode(ctx context.Context, options Options, number int, deck []target) error {
	running, err := start(ctx, options.Program, options.Watchdog)
	if err != nil {
		return err
	}
	defer running.kill()
	e := &episode{
		sessions:  &sessions{simulated: running},
		generator: &generator{random: rand.New(rand.NewPCG(options.Seed, uint64(number)+1))}, //nolint:gosec // repeatable, and no secret
	}
	var panics []error
	for i, each := range deck {
		if i%betweenLooks == 0 {
			if err := e.look(ctx, false); err != nil {
				return errors.Join(append(panics, fmt.Errorf("before call %d: %w", i, err))...)
			}
		}
		drawn := e.generator.draw(each)
		err := e.try(ctx, drawn)
		switch {
		case errors.Is(err, errPanic) || errors.Is(err, errEmpty): // the episode can go on
			panics = append(panics, fmt.Errorf("call %d: %w\n%s", i, err, drawn))
		case err != nil:
			return errors.Join(append(panics, fmt.Errorf("call %d: %w\n%s", i, err, drawn))...)
		}
	}
	if err := e.look(ctx, true); err != nil {
		return fmt.Errorf("after the last call: %w", err)
	}

	return errors.Join(append(panics, running.end())...)
}

// panicked is what an answer says that tells of a panic.
var panicked = []byte("the simulator failed on this request")

var (
	errPanic = errors.New("the answer tells of a panic")
	errEmpty = errors.New("the answer is empty")
)

// try sends a call, which must be answered.
func (e *episode) try(ctx context.Context, c call) error {
	got, err := e.send(ctx, c)
	switch {
	case err != nil:
		return fmt.Errorf("%w\n%s", err, e.simulated.dump())
	case bytes.Contains(got.body, panicked):
		return fmt.Errorf("%w: %s", errPanic, got.body)
	case len(got.body) == 0 && c.target.soapMethod != "":
		return errEmpty
	}

	return nil
}

// look logs in anew, and reads all objects and all lists of the management node: a lock that was kept shows here. No task may have panicked
// either. All properties are read at the end alone: they take most of the time, and the lock of an object is as well seen without.
func (e *episode) look(ctx context.Context, properties bool) error {
	if err := e.logIn(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, e.simulated.dump())
	}
	_, objects, err := e.simulated.catalog(ctx)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, e.simulated.dump())
	}
	e.generator.objects = objects
	if err := e.try(ctx, call{target: target{soapType: "PropertyCollector", soapMethod: "RetrieveProperties"}, verb: http.MethodPost, url: "/sdk", body: readAll(objects, properties)}); err != nil {
		return fmt.Errorf("read all objects: %w", err)
	}
	for _, path := range []string{"/v1/vm-instances", "/v1/volumes", "/v1/volume-snapshots", "/v1/system-tags"} {
		if err := e.try(ctx, call{target: target{zstack: true}, verb: http.MethodGet, url: path}); err != nil {
			return fmt.Errorf("list %s: %w", path, err)
		}
	}
	var tasks []struct{ Method, Error string }
	if err := e.simulated.read(ctx, e.simulated.access.VSphere.Endpoint+"/_control/tasks", &tasks); err != nil {
		return fmt.Errorf("%w\n%s", err, e.simulated.dump())
	}
	for _, task := range tasks {
		if task.Error == "SystemError" {
			return fmt.Errorf("%w: a task of %s", errPanic, task.Method)
		}
	}

	return nil
}

// readAll returns the request that reads all objects, with all of their properties or with none.
func readAll(objects []types.ManagedObjectReference, properties bool) []byte {
	var kinds, sets strings.Builder
	seen := map[string]bool{}
	for _, object := range objects {
		if !seen[object.Type] {
			seen[object.Type] = true
			fmt.Fprintf(&kinds, `<propSet><type>%s</type><all>%t</all></propSet>`, object.Type, properties)
		}
		fmt.Fprintf(&sets, `<objectSet><obj type=%q>%s</obj></objectSet>`, object.Type, object.Value)
	}

	return []byte(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this>` +
		`<specSet>` + kinds.String() + sets.String() + `<reportMissingObjectsInResults>true</reportMissingObjectsInResults></specSet><options/></RetrievePropertiesEx></Body></Envelope>`)
}

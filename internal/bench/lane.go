package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// lane is a subject that takes the steps of a case, with a platform and a folder of its own.
type lane struct {
	taker

	run      Run
	dir      string
	on       *platform
	machines int // before the first step
	requests trace
	traced   io.Writer // nil for nowhere
}

func newLane(ctx context.Context, dir string, programs Programs, subject Subject, c Case, traced io.Writer) (*lane, error) {
	chosen, ok := scenarios[c.Scenario]
	if !ok {
		return nil, fmt.Errorf("there is no scenario %q, only %v", c.Scenario, Scenarios())
	}
	dir, err := os.MkdirTemp(dir, "case-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	on, err := chosen.start(c, chosen.vms(c.N))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	one := &lane{run: Run{Case: c, Subject: subject}, dir: dir, on: on, machines: len(on.machines()), traced: traced}
	if one.taker, err = chosen.taker(ctx, dir, programs, subject, on, c); err != nil {
		return nil, errors.Join(err, one.close())
	}
	if traced != nil {
		on.TraceRequests(one.requests.add)
	}

	return one, nil
}

// take takes a step, measures it, and writes its requests to the trace.
func (l *lane) take(ctx context.Context, step Step) error {
	start := time.Now()
	sample, err := sampled(ctx, l.on, step, l.taker)
	if err == nil && l.traced != nil {
		title := fmt.Sprintf("%s of %s, %s: %.0f ms", step, l.run.Case, l.run.Subject, milliseconds(sample.Wall))
		err = l.requests.write(l.traced, title, start)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	l.run.Samples = append(l.run.Samples, sample)

	return nil
}

// empty checks that the steps left nothing behind.
func (l *lane) empty() error {
	if left := len(l.on.machines()) - l.machines; left != 0 {
		return fmt.Errorf("the destroy left %d machines behind", left)
	}

	return nil
}

func (l *lane) close() error {
	l.on.Close()
	if err := os.RemoveAll(l.dir); err != nil {
		return fmt.Errorf("removing a folder: %w", err)
	}

	return nil
}

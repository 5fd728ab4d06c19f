package task

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// progressInterval is the shortest time between two lines about one task.
const progressInterval = 5 * time.Second

// progress remembers the last news of a task and logs it, also while the platform is silent: a task that is watched by
// its state alone has no news before its end.
type progress struct {
	logger  *slog.Logger
	id      func() string // may change while the task is waited for
	started time.Time
	stop    chan struct{}
	stopped sync.WaitGroup

	mutex   sync.Mutex
	logged  time.Time
	state   State
	percent int
	note    string
}

// startProgress begins the log of one task. It runs until finish.
func startProgress(ctx context.Context, logger *slog.Logger, id func() string) *progress {
	p := &progress{logger: logger, id: id, started: time.Now(), percent: -1, stop: make(chan struct{})}
	if logger.Enabled(ctx, slog.LevelInfo) {
		p.stopped.Go(func() { p.repeat(ctx) })
	}

	return p
}

// repeat logs the last news again and again.
func (p *progress) repeat(ctx context.Context) {
	ticker := time.NewTicker(progressInterval)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mutex.Lock()
			p.logIfDue(ctx)
			p.mutex.Unlock()
		}
	}
}

// news remembers what the platform said and logs it, unless something was logged a moment ago.
func (p *progress) news(ctx context.Context, state State, percent int, note string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.state, p.percent, p.note = state, percent, note
	p.logIfDue(ctx)
}

// logIfDue is called with the mutex held.
func (p *progress) logIfDue(ctx context.Context) {
	if !p.logged.IsZero() && time.Since(p.logged) < progressInterval {
		return
	}
	p.logged = time.Now()
	p.log(ctx, "Waiting for the task", p.state.String())
}

// finish ends the log with one last line. It must be called once.
func (p *progress) finish(ctx context.Context, end string) {
	close(p.stop)
	p.stopped.Wait()
	p.log(ctx, "Done waiting for the task", end)
}

func (p *progress) log(ctx context.Context, message, state string) {
	attributes := []slog.Attr{slog.String("task_id", p.id()), slog.String("state", state)}
	if p.percent >= 0 {
		attributes = append(attributes, slog.Int("percent", p.percent))
	}
	attributes = append(attributes, slog.String("elapsed", p.elapsed().Round(time.Millisecond).String()))
	if p.note != "" {
		attributes = append(attributes, slog.String("note", p.note))
	}
	p.logger.LogAttrs(ctx, slog.LevelInfo, message, attributes...)
}

func (p *progress) elapsed() time.Duration { return time.Since(p.started) }

// standing is the last news for an error's text: ", 60 % done (Copying disks)".
func (p *progress) standing() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var text string
	if p.percent >= 0 {
		text = fmt.Sprintf(", %d %% done", p.percent)
	}
	if p.note != "" {
		text += " (" + p.note + ")"
	}

	return text
}

package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// pollPace is the interval of the polls for jobs in flight, once they can have ended.
const pollPace = 20 * time.Millisecond

// poller is the one loop that asks for all jobs in flight, none before it can have ended.
type poller struct {
	ask   func(ctx context.Context, ids []string) (map[string]jobAnswer, error)
	first time.Duration // how long a job takes at least

	mu     sync.Mutex
	jobs   map[string]*pendingJob
	failed error // what ended the loop
	stop   context.CancelFunc
	ended  chan struct{}
}

// jobAnswer is what the platform said of a job that ended.
type jobAnswer struct {
	result json.RawMessage
	err    error
}

type pendingJob struct {
	due    time.Time
	answer chan jobAnswer
}

var errStopped = errors.New("the floor's session has ended")

func startPoller(
	ctx context.Context, first time.Duration, ask func(ctx context.Context, ids []string) (map[string]jobAnswer, error),
) *poller {
	ctx, stop := context.WithCancel(ctx)
	p := &poller{ask: ask, first: first, jobs: make(map[string]*pendingJob), stop: stop, ended: make(chan struct{})}
	go p.loop(ctx)

	return p
}

// close ends the loop.
func (p *poller) close() {
	p.stop()
	<-p.ended
}

// wait returns the result of a job that has just begun.
func (p *poller) wait(ctx context.Context, id string) (json.RawMessage, error) {
	job := &pendingJob{due: time.Now().Add(p.first), answer: make(chan jobAnswer, 1)}
	p.mu.Lock()
	if p.failed != nil {
		p.mu.Unlock()

		return nil, p.failed
	}
	p.jobs[id] = job
	p.mu.Unlock()
	select {
	case answer := <-job.answer:
		return answer.result, answer.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", id, context.Cause(ctx))
	}
}

func (p *poller) loop(ctx context.Context) {
	defer close(p.ended)
	tick := time.NewTicker(pollPace)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			p.fail(errStopped)

			return
		case <-tick.C:
		}
		ids := p.due()
		if len(ids) == 0 {
			continue
		}
		answers, err := p.ask(ctx, ids)
		if err != nil {
			p.fail(err)

			return
		}
		p.tell(answers)
	}
}

// due returns the jobs that can have ended.
func (p *poller) due() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for id, job := range p.jobs {
		if !time.Now().Before(job.due) {
			ids = append(ids, id)
		}
	}

	return ids
}

func (p *poller) tell(answers map[string]jobAnswer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, answer := range answers {
		p.jobs[id].answer <- answer
		delete(p.jobs, id)
	}
}

// fail ends all waits, present and future, with err.
func (p *poller) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = err
	for id, job := range p.jobs {
		job.answer <- jobAnswer{err: err}
		delete(p.jobs, id)
	}
}

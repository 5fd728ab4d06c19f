package fakezstack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Node is a management node. It records every call, so that a test can prove that one was not made.
type Node struct {
	// Mutex guards the node and the inventory that embeds it.
	Mutex sync.Mutex
	// Subject is the object that the failures of jobs are about.
	Subject string

	Jobs   map[string]*Job
	Calls  []string               // methods, each with its variant
	Errs   map[string][]error     // by method, for the next calls; nil passes
	Before map[string]func()      // by method, before each call
	Goes   map[string][]Behaviour // by method, for the next jobs: Succeeds where it says nothing
	Most   int                    // the most jobs at any moment

	concurrent int // jobs at this moment
}

// NewNode returns a node whose jobs all succeed. The errors of jobs that are made to fail name the subject.
func NewNode(subject string) *Node {
	return &Node{
		Subject: subject, Jobs: map[string]*Job{}, Errs: map[string][]error{}, Before: map[string]func(){},
		Goes: map[string][]Behaviour{},
	}
}

// Note records a call of a method, with its variant where it has several, and returns the error that a test wants for it.
func (n *Node) Note(ctx context.Context, method, way string) error {
	n.Mutex.Lock()
	n.Calls = append(n.Calls, method+way)
	hook := n.Before[method]
	var err error
	if queue := n.Errs[method]; len(queue) > 0 {
		err, n.Errs[method] = queue[0], queue[1:]
	}
	n.Mutex.Unlock()
	if hook != nil {
		hook()
	}
	if err == nil && ctx.Err() != nil {
		failure := &apierr.Error{Kind: apierr.Cancelled, Op: method, Code: apierr.CodeInterrupted}
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			failure.Kind = apierr.TimedOut
		}
		err = failure.Wrap(ctx.Err())
	}

	return err
}

// Made returns how often a method was called.
func (n *Node) Made(method string) int {
	n.Mutex.Lock()
	defer n.Mutex.Unlock()

	return len(slices.DeleteFunc(slices.Clone(n.Calls), func(call string) bool { return call != method }))
}

// Start begins a job that goes as the next of its method should. The effect returns the job's result, or an error. The mutex is
// held, then as now.
func (n *Node) Start(method string, effect func() any) *Job {
	j := &Job{uuid: fmt.Sprintf("job-%d", len(n.Jobs)+1), node: n, effect: effect, over: make(chan struct{})}
	if queue := n.Goes[method]; len(queue) > 0 {
		j.goes, n.Goes[method] = queue[0], queue[1:]
	}
	n.Jobs[j.uuid] = j
	n.concurrent++
	n.Most = max(n.Most, n.concurrent)
	time.AfterFunc(JobLength, func() {
		n.Mutex.Lock()
		defer n.Mutex.Unlock()
		j.finish()
	})

	return j
}

// Job returns a job; an unknown one behaves like one that was purged.
func (n *Node) Job(uuid string) *Job {
	n.Mutex.Lock()
	defer n.Mutex.Unlock()
	if known, ok := n.Jobs[uuid]; ok {
		return known
	}

	return &Job{uuid: uuid, node: n, goes: Unknown}
}

// Missing is the answer about an object that does not exist.
func Missing(op, uuid string) *apierr.Error {
	return &apierr.Error{Kind: apierr.NotFound, Op: op, Object: uuid, Code: "SYS.1003", Messages: []string{"it does not exist"}}
}

// Fault is a failure about an object.
func Fault(kind apierr.Kind, code, object string) *apierr.Error {
	return &apierr.Error{Kind: kind, Code: code, Object: object, Messages: []string{"what ZStack says"}}
}

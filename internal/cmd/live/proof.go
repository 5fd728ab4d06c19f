package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// platform is a platform under proof. Titles, questions and answers name nothing of it: they stand in the report.
type platform interface {
	// name is the product's, such as "vSphere".
	name() string
	// intends tells what the run will do to it. It is asked before a login.
	intends() string
	// connect logs in and looks whether the run can begin. It changes nothing but what clean takes away.
	connect(ctx context.Context) error
	// versions are the product's, once connected.
	versions() string
	// configuration is what the CLI works with: main.tf, its variables but "make", and the environment.
	configuration() (text string, variables map[string]any, environment []string)
	steps() []step
	questions() []question
	// clean takes away whatever the run has made, and returns how many of the run's objects are left.
	clean(ctx context.Context) (left int, err error)
	// private are the words that no report may hold.
	private() []string
}

// step is something that a user does, and what must be so afterwards.
type step struct {
	title string
	// adds are the parts of the configuration that it makes.
	adds []string
	// set are the other variables that change.
	set map[string]any
	// run does it. Nil applies the configuration.
	run func(ctx context.Context, w *workspace) error
	// check looks past the provider at what the platform has then.
	check func(ctx context.Context) error
}

// question is something that no documentation tells of a platform.
type question struct {
	asks string
	rule string // what the simulator answers, or notPlayed
	ask  func(ctx context.Context) (string, error)
}

// notPlayed is the rule of a question that the simulator can't answer: no answer differs from it.
const notPlayed = "not played"

// notAskedError is the error of a question that this platform, or this login, can't answer.
type notAskedError string

// Error says why.
func (n notAskedError) Error() string { return string(n) }

func notAsked(why string) error { return notAskedError(why) }

// found is a thing that a step found wrong: what it is names nothing, and what was said about it is for the user's eyes alone.
type found struct{ what, said string }

// Error says both.
func (f found) Error() string { return f.what + "\n" + f.said }

// newPrefix is what the names of a run's objects begin with.
func newPrefix() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // it never fails

	return "vmfork-live-" + hex.EncodeToString(random[:])
}

// proof plays the steps on each platform.
type proof struct {
	out     io.Writer
	verbose bool
}

func (p *proof) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format+"\n", args...) // a closed output is no reason not to clean up
}

// run proves the platforms, one after the other.
func (p *proof) run(parent context.Context, platforms []platform) report {
	ctx, cancel := context.WithTimeout(parent, limit)
	defer cancel()
	told := report{}
	folder, err := os.MkdirTemp("", "vmfork-live-")
	if err != nil {
		return report{failure: fmt.Errorf("the run needs a temporary folder: %w", err)}
	}
	defer func() { _ = os.RemoveAll(folder) }() // it holds a state and a log, nothing of the platform
	p.say("building the provider; the first time takes a minute or two")
	provider := filepath.Join(folder, "terraform-provider-vmfork")
	if err := realcli.Build(ctx, "", provider); err != nil {
		return report{failure: err}
	}
	cli, err := realcli.Find(ctx, filepath.Join(folder, "cli"))
	if err != nil {
		return report{failure: err}
	}
	told.cli = version(ctx, cli)
	for _, each := range platforms {
		dir := filepath.Join(folder, each.name())
		told.platforms = append(told.platforms, p.prove(ctx, each, dir, cli, provider))
	}

	return told
}

// prove connects to one platform, plays steps and questions, and cleans up whatever happened.
func (p *proof) prove(ctx context.Context, on platform, dir, cli, provider string) platformReport {
	p.say("\n%s", on.name())
	told := platformReport{product: on.name(), private: on.private()}
	if err := on.connect(ctx); err != nil {
		told.add(stepReport{title: "log in and look whether the run can begin", failure: err})
		p.say("   FAILED: %v", err)

		return p.cleaned(ctx, on, told)
	}
	told.product = on.versions()
	p.say("   %s", told.product)
	w, err := newWorkspace(ctx, dir, cli, provider, on, p)
	if err != nil {
		told.add(stepReport{title: "prepare the working folder", failure: err})
		p.say("   FAILED: %v", err)

		return p.cleaned(ctx, on, told)
	}
	for _, each := range on.steps() {
		if ctx.Err() == nil {
			told.add(p.play(ctx, w, each))
		}
	}
	for _, each := range on.questions() {
		if ctx.Err() == nil {
			told.answers = append(told.answers, p.ask(ctx, each))
		}
	}
	if ctx.Err() == nil {
		told.add(p.play(ctx, w, step{title: "destroy", run: destroyed}))
	}

	return p.cleaned(ctx, on, told)
}

// play plays a step, and measures it.
func (p *proof) play(ctx context.Context, w *workspace, s step) stepReport {
	before, began := w.requests(), time.Now()
	err := w.play(ctx, s)
	done := stepReport{title: s.title, took: time.Since(began), requests: w.requests() - before, failure: err}
	p.say("   %s", done)

	return done
}

// ask asks a question.
func (p *proof) ask(ctx context.Context, q question) answerReport {
	answer, err := q.ask(ctx)
	told := answerReport{question: q, answer: answer}
	if why, ok := errors.AsType[notAskedError](err); ok {
		told.notAsked = why.Error()
	} else if err != nil {
		told.failure = err
	}
	p.say("   %s", told)

	return told
}

// cleaned takes away what the run made. It goes on when the run was interrupted.
func (p *proof) cleaned(ctx context.Context, on platform, told platformReport) platformReport {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaningLimit)
	defer cancel()
	left, err := on.clean(bounded)
	told.left, told.cleaning = left, err
	if left > 0 || err != nil {
		p.say("   FAILED: %d objects are left, whose names begin with vmfork-live-: %v", left, err)
	} else {
		p.say("   nothing is left behind")
	}

	return told
}

// version is what a CLI says of itself, "Terraform v1.11.4".
func version(ctx context.Context, cli string) string {
	said, err := realcli.Version(ctx, cli)
	if err != nil {
		return "a CLI that does not tell its version"
	}

	return strings.TrimSpace(said)
}

package lifecycle

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// temporaryPrefix begins the names that objects have while others take theirs.
const temporaryPrefix = "vmfork-renaming-"

// TemporaryName returns a name that no other object has: it ends in 64 random bits.
func TemporaryName() string {
	var bits [8]byte
	_, _ = rand.Read(bits[:]) // it never fails

	return temporaryPrefix + hex.EncodeToString(bits[:])
}

// Renaming is the rename or the move of an object to where another one may have its name.
type Renaming interface {
	Wanted

	// StepAside renames the object to a temporary name.
	StepAside(ctx context.Context, name string) error
	// Rename renames the object as wanted, or moves it.
	Rename(ctx context.Context) error
}

// Rename renames the object once the name is free, and lets others take its own name. Where the object that has the name waits for this
// one's, possibly through several others, one of them goes through a temporary name. An interruption after that leaves it with that name, in
// state too, and the next apply renames it as configured.
func (n *Names) Rename(ctx context.Context, id string, what Renaming) error {
	end := n.Leave(id)
	err := n.awaitFor(ctx, id, what)
	if errors.Is(err, errCircle) {
		if err = what.StepAside(ctx, TemporaryName()); err == nil {
			end(nil)
			err = n.awaitFor(ctx, id, what)
		}
	}
	if err == nil {
		err = what.Rename(ctx)
	}
	end(err)

	return err
}

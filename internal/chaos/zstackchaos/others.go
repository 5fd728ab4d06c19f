package zstackchaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// colleague is the account of another client.
const (
	colleague         = "colleague"
	colleaguePassword = "knows-the-node-too" //nolint:gosec // of a simulator
)

// Foreign implements [chaos.Platform].
func (p *platform) Foreign() []chaos.Foreign {
	return p.others.Foreign(func(id string, what chaos.Made) chaos.Look {
		if what.VMID == "" {
			vm, found := p.vm(chaos.Object{ID: id})
			now := chaos.Look{Found: found && vm.State != "Destroyed", Name: vm.Name}
			if vm.State != "Running" {
				now.Change = "stopped"
			}

			return now
		}
		if _, found := p.vm(chaos.Object{ID: what.VMID}); !found {
			return chaos.Look{Along: true}
		}
		group, found := p.group(chaos.Object{ID: id})

		return chaos.Look{Found: found, Name: group.Name}
	})
}

// lookalike is an object that another client makes at the worst moment, with the name that a resource asks for.
type lookalike struct {
	block *block
	name  string
	maker chaos.Client
}

// lookalikes are the faults in which other clients make lookalikes. ZStack lets several objects have one name.
func (p *platform) lookalikes() []chaos.Fault {
	return []chaos.Fault{
		{Name: "lookalike at a lost answer", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
			method, makers := p.drawLookalikes(random, phase)
			drop := zstacksim.DropBefore
			if random.IntN(2) == 0 {
				drop = zstacksim.DropAfter
			}

			return chaos.LostAnswer{
				Method: method, Struck: p.Struck, Alike: makers,
				Lose: func() { p.Inject(zstacksim.Fault{Method: method, Drop: drop, Times: 1}) },
			}.Strike()
		}},
		{Name: "lookalike at a lost job", Draw: func(random *rand.Rand, phase chaos.Phase) chaos.Strike {
			method, makers := p.drawLookalikes(random, phase)
			effect, later := random.IntN(4) == 0, time.Duration(random.IntN(1500))*time.Millisecond

			return chaos.Strike{
				Words: fmt.Sprintf("%s, %d alike, jobs have their effect: %t", method, len(makers), effect), Alone: true,
				Arm: func() error {
					if len(makers) > 0 {
						p.HoldJobs(method)
					}

					return nil
				},
				Act: func(ctx context.Context, _ *realcli.Command) (bool, error) {
					if len(makers) == 0 || !chaos.Await(ctx, p.holding) {
						return false, nil
					}
					p.LoseJobs(effect)
					p.ReleaseJobs() // else the jobs of the makers would be held
					if err := chaos.All(ctx, makers); err != nil {
						return true, err
					}
					if !p.brief && chaos.Pause(ctx, longest+later) {
						p.forgetLost()
					}

					return true, nil
				},
			}
		}},
	}
}

// drawLookalikes draws a method that makes something in the phase, and what makes a lookalike of each object that it makes.
func (p *platform) drawLookalikes(random *rand.Rand, phase chaos.Phase) (method string, makers []func(ctx context.Context) error) {
	maker, method, blocks := chaos.DrawAlike(random, p.created[phase])
	for _, each := range blocks {
		for _, name := range each.names() {
			makers = append(makers, func(ctx context.Context) error {
				return p.make(ctx, lookalike{block: each, name: name, maker: maker})
			})
		}
	}

	return method, makers
}

// makePatience only ends what hangs.
const makePatience = time.Minute

// make makes the object. That the management node refuses it is no error.
func (p *platform) make(ctx context.Context, what lookalike) (err error) {
	bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), makePatience) // the node tells what was made once the job ends
	defer stop()
	source, found := p.VM(what.source())
	if !found {
		return nil // there is nothing to make it from
	}
	account, password := p.AccountName(), p.Password()
	if what.maker.Own {
		account, password = colleague, colleaguePassword
		if err := p.ShareVM(source.UUID, p.colleague, true); err != nil {
			return fmt.Errorf("sharing a VM: %w", err)
		}
	}
	other, err := p.logIn(bounded, account, password)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.close(bounded)) }()
	job := p.foreignJob()
	if what.block.kind == snapshotType {
		uuid, err := other.run(bounded, job, http.MethodPost, "/volume-snapshots/group", object{
			"params": object{"rootVolumeUuid": source.RootVolumeUUID, "name": what.name},
		})

		return p.note(uuid, err, chaos.Made{Name: what.name, VMID: source.UUID})
	}
	uuid, err := other.run(bounded, job, http.MethodPut, "/vm-instances/"+source.UUID+"/actions", object{
		"cloneVmInstance": object{"names": []string{what.name}},
	})

	return p.note(uuid, err, chaos.Made{Name: what.name})
}

// note notes what another client made, if it did.
func (p *platform) note(uuid string, err error, what chaos.Made) error {
	switch {
	case errors.Is(err, errRefused):
		return nil
	case err != nil:
		return err
	case uuid != "":
		p.others.Add(uuid, what)
	}

	return nil
}

// foreignJob returns the uuid for a job of another client.
func (p *platform) foreignJob() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	uuid := fmt.Sprintf("%032x", len(p.foreignJobs)+1)
	p.foreignJobs[uuid] = true

	return uuid
}

// source is the name of the machine that the lookalike is made from: a snapshot is always one of the machine itself.
func (l lookalike) source() string {
	switch {
	case !l.maker.Like && l.block.kind != snapshotType:
		return snapshotMachine
	case l.block.base != nil:
		return l.block.base.label + l.block.base.name
	default:
		return l.block.onMachine
	}
}

// Creator implements [chaos.Drawn].
func (b *block) Creator() string {
	if b.kind == snapshotType {
		return snapshotMethod
	}

	return cloneMethod
}

// Address implements [chaos.Drawn].
func (b *block) Address() string { return b.label + strings.Join(b.keys, ",") }

// names are those of what the block makes.
func (b *block) names() []string {
	if b.keys == nil {
		return []string{b.label + b.name}
	}
	names := make([]string, len(b.keys))
	for i, key := range b.keys {
		names[i] = key + "-" + b.label + b.name
	}

	return names
}

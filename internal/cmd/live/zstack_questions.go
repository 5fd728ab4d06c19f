package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// questions are what no documentation tells of ZStack.
func (n *managementNode) questions() []question {
	return []question{
		{"The job of a call has the id that the client chose in X-Job-UUID", "yes", n.idOfJob},
		{"A job id that was used before is answered with", "HTTP 400", n.usedID},
		{"A job that is not known is answered with", "HTTP 404", n.unknownJob},
		{"Deleting the older of two snapshots with scope=single takes away", "both", n.scope},
		{"A query for a VM that the account may not see is answered with", "an empty list", n.invisible},
		{"Its capabilities are answered with", "ID.1002", n.capabilities},
	}
}

// rename is an asynchronous call without any effect: it gives the clone the name that it has.
func (n *managementNode) rename(ctx context.Context, job string) (conn.Answer, error) {
	found, err := n.named(ctx, "renamed")
	if err != nil {
		return conn.Answer{}, err
	}
	if len(found) != 1 {
		return conn.Answer{}, notAsked("no clone is at hand")
	}

	return n.conn.Send(ctx, conn.Request{
		Call: httpapi.Call{Op: "UpdateVmInstance", Effect: httpapi.Changes}, Method: http.MethodPut,
		Path: "/v1/vm-instances/" + found[0].UUID + "/actions", Job: job,
		In: map[string]any{"updateVmInstance": map[string]any{"name": found[0].Name}},
	}, 0)
}

func (n *managementNode) idOfJob(ctx context.Context) (string, error) {
	job := conn.NewUUID()
	answer, err := n.rename(ctx, job)
	if err != nil {
		return "", err
	}
	var told struct {
		Location string `json:"location"`
	}
	if err := json.Unmarshal(answer.Body, &told); err != nil || told.Location == "" {
		return "no location", nil //nolint:nilerr // that is the answer
	}
	n.job = job
	if strings.HasSuffix(told.Location, "/"+job) {
		return "yes", nil
	}

	return "no", nil
}

func (n *managementNode) usedID(ctx context.Context) (string, error) {
	if n.job == "" {
		return "", notAsked("no job is at hand")
	}
	_, err := n.rename(ctx, n.job)

	return answered(err, "a second job")
}

func (n *managementNode) unknownJob(ctx context.Context) (string, error) {
	_, err := n.conn.Poll(ctx, conn.NewUUID(), "")

	return answered(err, "a job that runs")
}

// answered is the code of an error, or the word for success.
func answered(err error, success string) (string, error) {
	if err == nil {
		return success, nil
	}
	if told := code(err); told != "" {
		return told, nil
	}

	return "", err
}

// scope takes two snapshots of a clone's root volume, deletes the older one, and looks what is left.
func (n *managementNode) scope(ctx context.Context) (string, error) {
	found, err := n.named(ctx, "a")
	if err != nil {
		return "", err
	}
	if len(found) != 1 || found[0].RootVolume == "" {
		return "", notAsked("no clone is at hand")
	}
	var taken []string
	for _, name := range []string{"-older", "-newer"} {
		var told struct {
			Inventory struct {
				UUID string `json:"uuid"`
			} `json:"inventory"`
		}
		err := n.do(ctx, http.MethodPost, "/v1/volumes/"+found[0].RootVolume+"/volume-snapshots", "",
			map[string]any{"params": map[string]any{"name": n.prefix + name}}, &told)
		if err != nil {
			return "", err
		}
		taken = append(taken, told.Inventory.UUID)
	}
	err = n.do(ctx, http.MethodDelete, "/v1/volume-snapshots/"+taken[0], "deleteMode=Permissive&scope=single&direction=auto", nil, nil)
	if err != nil {
		return answered(err, "")
	}
	var left struct {
		Inventories []struct{} `json:"inventories"`
	}
	err = n.conn.Read(ctx, conn.Request{
		Call: httpapi.Call{Op: "QueryVolumeSnapshot"}, Method: http.MethodGet, Path: "/v1/volume-snapshots", Query: "q=uuid%3D" + taken[1],
	}, &left)
	if len(left.Inventories) == 0 {
		return "both", err
	}

	return "the older one alone", err
}

// stranger calls as the account that may not see the machine.
func (n *managementNode) stranger(ctx context.Context, ask func(*conn.Conn) (string, error)) (string, error) {
	if n.second == nil {
		return "", notAsked("VMFORK_LIVE_ZSTACK_ACCOUNT_NAME is not set")
	}
	as, err := conn.New(*n.second)
	if err != nil {
		return "", err
	}
	defer func() { _ = as.Close(ctx) }() // the session idles out

	return ask(as)
}

func (n *managementNode) invisible(ctx context.Context) (string, error) {
	return n.stranger(ctx, func(as *conn.Conn) (string, error) {
		found, err := n.query(ctx, as, "uuid="+n.source)
		switch {
		case err != nil:
			return answered(err, "")
		case len(found) == 0:
			return "an empty list", nil
		default:
			return "the VM", nil
		}
	})
}

func (n *managementNode) capabilities(ctx context.Context) (string, error) {
	return n.stranger(ctx, func(as *conn.Conn) (string, error) {
		return answered(as.Read(ctx, conn.Request{
			Call: httpapi.Call{Op: "GetVmCapabilities"}, Method: http.MethodGet, Path: "/v1/vm-instances/" + n.source + "/capabilities",
		}, &struct{}{}), "capabilities")
	})
}

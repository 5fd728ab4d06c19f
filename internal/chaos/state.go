package chaos

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// stateFile is where the CLI keeps the state.
const stateFile = "terraform.tfstate"

// held is one instance of a resource in state.
type held struct {
	address string
	id      string // empty while it is pending
	pending string // the task
	tainted bool
	deposed bool     // it was replaced by another one, and is to be destroyed yet
	uuid    string   // of a VM, where the state has it
	primary string   // the id of the primary of a secondary: after a fail-over the pair alone may name it
	parts   []string // ids of what was made with it
	// ending says that a destroy has begun: the object is gone, but there is more to do before the state may forget it.
	ending bool
}

func (h held) String() string {
	what := h.address + " " + h.id
	if h.pending != "" {
		what += " pending " + h.pending
	}
	if h.tainted {
		what += " (tainted)"
	}
	if h.deposed {
		what += " (deposed)"
	}

	return what
}

// readState returns what is in state: nothing before the first apply.
func readState(dir string) ([]held, error) {
	content, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	var state struct {
		Resources []struct {
			Mode      string     `json:"mode"`
			Type      string     `json:"type"`
			Name      string     `json:"name"`
			Instances []instance `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	var all []held
	for _, resource := range state.Resources {
		if resource.Mode != "managed" {
			continue
		}
		for _, one := range resource.Instances {
			all = append(all, held{
				address: Resource{Type: resource.Type, Label: resource.Name, Key: one.Key}.Address(), id: one.Attributes.ID,
				pending: cmp.Or(one.Attributes.PendingTaskID, one.Attributes.PendingJobUUID), tainted: one.Status == "tainted",
				deposed: one.Deposed != "", uuid: one.Attributes.InstanceUUID, primary: one.Attributes.PrimaryVMID,
				parts: one.Attributes.DataVolumeUUIDs, ending: one.Attributes.State == "Destroyed",
			})
		}
	}

	return all, nil
}

// instance is one instance of a resource, as the CLI writes it down.
type instance struct {
	Key        string `json:"index_key"`
	Status     string `json:"status"`
	Deposed    string `json:"deposed"`
	Attributes struct {
		ID              string   `json:"id"`
		PendingTaskID   string   `json:"pending_task_id"`
		PendingJobUUID  string   `json:"pending_job_uuid"`
		InstanceUUID    string   `json:"instance_uuid"`
		PrimaryVMID     string   `json:"primary_vm_id"`
		DataVolumeUUIDs []string `json:"data_volume_uuids"`
		State           string   `json:"state"`
	} `json:"attributes"`
}

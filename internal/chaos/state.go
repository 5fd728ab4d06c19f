package chaos

import (
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
}

func (h held) String() string {
	what := h.address + " " + h.id
	if h.pending != "" {
		what += "pending " + h.pending
	}
	if h.tainted {
		what += " (tainted)"
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
			Mode      string `json:"mode"`
			Type      string `json:"type"`
			Name      string `json:"name"`
			Instances []struct {
				Status     string `json:"status"`
				Attributes struct {
					ID            string `json:"id"`
					PendingTaskID string `json:"pending_task_id"`
				} `json:"attributes"`
			} `json:"instances"`
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
		for _, instance := range resource.Instances {
			all = append(all, held{
				address: resource.Type + "." + resource.Name, id: instance.Attributes.ID,
				pending: instance.Attributes.PendingTaskID, tainted: instance.Status == "tainted",
			})
		}
	}

	return all, nil
}

package bench

import (
	"fmt"
	"time"
)

// Case is one measurement: a scenario, how many objects, and how.
type Case struct {
	Scenario    string        `json:"scenario"`
	N           int           `json:"n"`
	Parallelism int           `json:"parallelism"`
	Task        time.Duration `json:"task_ns"`    // how long each task of the platform takes
	Latency     time.Duration `json:"latency_ns"` // how much later the platform answers each request
}

// String is the case in words.
func (c Case) String() string {
	return fmt.Sprintf("%s N=%d parallelism=%d tasks=%s latency=%s", c.Scenario, c.N, c.Parallelism, c.Task, c.Latency)
}

// Step is what is done to all objects of a case.
type Step string

// The steps, in the order in which they are taken.
const (
	Apply   Step = "apply"
	Refresh Step = "refresh"
	NoOp    Step = "no-op plan"
	Update  Step = "update" // of one attribute, in place
	Destroy Step = "destroy"
)

// Steps lists the steps in their order.
func Steps() []Step { return []Step{Apply, Refresh, NoOp, Update, Destroy} }

// Subject names what takes the steps.
type Subject string

// The subjects.
const (
	Provider Subject = "provider"
	Floor    Subject = "floor"  // the operations alone, without a CLI
	Engine   Subject = "engine" // a provider that does nothing
)

// Subjects lists the subjects in the order in which they take each step.
func Subjects() []Subject { return []Subject{Provider, Floor, Engine} }

// Sample is what one step of one subject cost, once.
type Sample struct {
	Step     Step           `json:"step"`
	Requests int            `json:"requests"`
	ByMethod map[string]int `json:"by_method"`
	// Handshakes counts new connections to the platform, each of which begins with a TLS handshake.
	Handshakes int           `json:"handshakes"`
	Wall       time.Duration `json:"wall_ns"`
	// CPU and Memory are of the provider's processes: their time together, and the largest resident set. Zero for the floor,
	// and where they were not accounted for.
	CPU    time.Duration `json:"cpu_ns"`
	Memory int64         `json:"memory_bytes"`
	// SimulatorCPU is what the process of the bench took meanwhile, which is the simulator's time (and the driver's, for the floor).
	SimulatorCPU time.Duration `json:"simulator_cpu_ns"`
}

// Run is all steps of one subject in one repetition of a case; those that change nothing were taken several times.
type Run struct {
	Case    Case     `json:"case"`
	Subject Subject  `json:"subject"`
	Samples []Sample `json:"samples"`
}

// Package chaos tests the provider under random faults: it runs a real CLI and real provider processes through apply, change,
// destroy on a simulated platform, while faults strike at random moments, and checks afterwards that nothing is lost.
//
// Everything about a run follows from its seed: the resources, their arguments, the faults and their moments. The
// order in which processes run is up to the scheduler, so a seed repeats the situation, and nearly always the outcome.
//
// The invariants, checked in the simulator's inventory, the state and what the CLI printed:
//
//  1. What exists is in state, or a diagnostic names it with the way to adopt it. After the provider was killed the next
//     plan names it.
//  2. What is in state exists, or the next refresh drops it, or says of what is pending that it can't be found.
//  3. A last apply without faults succeeds and plans empty; a last destroy leaves nothing.
//  4. Nothing is created twice in one command.
//  5. No secret is in a log, a state or an output.
//  6. Nothing is left on the platform: no session, no collector; and no process of the provider.
//  7. What another client made is not in state, and stays as it is.
//  8. A replacement that can't be made leaves what it was to replace current in state, and untouched.
//
// Between the commands the run does what a diagnostic asks of its user, and nothing else: it adopts or deletes what a fail-over left,
// takes back a taint that would remove the wrong machine, and imports what the provider could not prove to be its own.
//
// A [Platform] provides the simulated platform; the packages below this one implement it.
package chaos

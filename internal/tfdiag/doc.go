// Package tfdiag turns errors into Terraform diagnostics. All error texts that users read are written here: a
// service passes what it tried, as a value, and never words a failure itself.
//
// There are five groups of texts:
//
//   - [FromError] for a call or task that failed: what was tried, what the platform said, what to do about it;
//   - methods of [Creation] for the life cycle of an object that a task makes: it exists already, the CLI was interrupted,
//     time ran out, an answer was lost, a step after the creation failed;
//   - texts about arguments and lookups that the live inventory contradicts: [MissingObject], [UnusableObject], [UnreachableVM],
//     [UnknownDisk], [NoEffect], [PlanCheckSkipped],
//     [NoMatch], [NoneChosen], [VMNotRead], [SeveralMatches], [NothingToImport], [NothingAt], [SeveralToImport];
//   - texts about fault tolerance: [AlreadyFaultTolerant], [NotFaultTolerable], [SecondaryNotPoweredOn],
//     [SecondaryAwaitsApproval], [FailedOver], [FailBackFirst],
//     [FailedOverDestroy], [FailedOverDestroyed], [FailedOverSincePlan], [ManagedSecondary];
//   - texts about the provider's own configuration: [NotConfigured], [NotKnownYet], [SettingMissing],
//     [CredentialsMissing], [SettingInvalid], [SettingsConflict].
//
// A text's paragraphs are single lines, since the CLI wraps them to the terminal; what must not be wrapped (code to paste,
// lists) is indented, which the CLI leaves alone. No text ends in a newline. What the platform says is printed as it came,
// but for anything that looks like a secret.
package tfdiag

/* Starts the program in its own command line and ends as it does: wine gets the exit code of a program with several threads
   wrong now and then, that of this one never. Whoever ends this one ends the program, too. */
#include <windows.h>

static wchar_t *behind_first_word(wchar_t *at) {
    int quoted = 0;
    for (; *at && (quoted || (*at != L' ' && *at != L'\t')); at++)
        if (*at == L'"') quoted = !quoted;
    while (*at == L' ' || *at == L'\t') at++;
    return at;
}

int main(void) {
    STARTUPINFOW start = { .cb = sizeof start };
    PROCESS_INFORMATION process;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };
    DWORD code = 1;
    wchar_t home[1024];
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    /* Wine gives this variable a value of its own. */
    if (GetEnvironmentVariableW(L"WINE_USERPROFILE", home, 1024)) SetEnvironmentVariableW(L"USERPROFILE", home);
    if (!CreateProcessW(NULL, behind_first_word(GetCommandLineW()), NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &process))
        return 125;
    AssignProcessToJobObject(job, process.hProcess);
    ResumeThread(process.hThread);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    ExitProcess(code);
}

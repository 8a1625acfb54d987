/* Starts the program in its own command line and ends as it does: wine gets the exit code of a program with several threads
   wrong now and then, that of this one never. Whoever ends this one ends the program, too, and whoever interrupts this one
   sends the program the event whose number is in a file of this process, else Ctrl-C. */
#include <stdio.h>
#include <windows.h>

static PROCESS_INFORMATION process;

static wchar_t *behind_first_word(wchar_t *at) {
    int quoted = 0;
    for (; *at && (quoted || (*at != L' ' && *at != L'\t')); at++)
        if (*at == L'"') quoted = !quoted;
    while (*at == L' ' || *at == L'\t') at++;
    return at;
}

/* Wine makes an event of one signal only, in the process that gets it. The program gets it as from the console, which isn't there. */
static BOOL WINAPI pass_on(DWORD event) {
    FARPROC routine = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
    wchar_t name[64];
    FILE *file;
    swprintf(name, 64, L"Z:\\tmp\\backup-fetch-event-%ls", _wgetenv(L"WINE_PID"));
    if ((file = _wfopen(name, L"r"))) {
        fscanf(file, "%lu", &event);
        fclose(file);
        _wremove(name);
    }
    CreateRemoteThread(process.hProcess, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)routine, (void *)(size_t)event, 0, NULL);
    return TRUE;
}

int main(void) {
    STARTUPINFOW start = { .cb = sizeof start };
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
    SetConsoleCtrlHandler(pass_on, TRUE);
    ResumeThread(process.hThread);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    ExitProcess(code);
}
